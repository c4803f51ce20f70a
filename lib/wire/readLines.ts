import type { Block } from './Block.ts';
import { fitsIn } from './utf8.ts';

const LF = 10;
const SPACE = 32;
const COLON = 58;

/**
 * Parses text of complete lines into a block, until the text ends or the block is stopped.
 *
 * Nearly all streams separate lines by LF alone, and nearly all events are one `data:` line and a blank one: that is
 * the fast path.
 *
 * @throws LimitError over a limit, where the block has no listener for that.
 * @internal
 */
export function readLines(text: string, block: Block, maxLineBytes: number): void {
  if (text.includes('\r')) readMixedLines(text, block, maxLineBytes);
  else readLfLines(text, block, maxLineBytes);
}

function readLfLines(text: string, block: Block, maxLineBytes: number): void {
  let start = 0;
  while (start < text.length && !block.stopped) {
    if (text.charCodeAt(start) === LF) {
      block.end();
      start++;
      continue;
    }
    const end = text.indexOf('\n', start);
    if (isData(text, start) && text.charCodeAt(end + 1) === LF && !block.hasData) {
      if (isLineTooLarge(text, start, end, maxLineBytes)) {
        block.skip('line-size', maxLineBytes);
        block.end();
      } else block.endWith(text.slice(valueAfter(text, start + 4), end));
      start = end + 2;
    } else {
      readLine(text, start, end, block, maxLineBytes);
      start = end + 1;
    }
  }
}

/** Parses lines that end in LF, CR or CRLF in any mixture. */
function readMixedLines(text: string, block: Block, maxLineBytes: number): void {
  // The next line end of each kind is remembered, so that a text with many of one and none of the other is scanned
  // once.
  let lf = nextOf('\n', text, 0);
  let cr = nextOf('\r', text, 0);
  let start = 0;
  while (start < text.length && !block.stopped) {
    const end = Math.min(lf, cr);
    if (end === start) block.end();
    else readLine(text, start, end, block, maxLineBytes);
    start = end === cr && lf === cr + 1 ? end + 2 : end + 1;
    if (lf < start) lf = nextOf('\n', text, start);
    if (cr < start) cr = nextOf('\r', text, start);
  }
}

function nextOf(lineEnd: string, text: string, start: number): number {
  const at = text.indexOf(lineEnd, start);
  return at === -1 ? text.length : at;
}

function readLine(text: string, start: number, end: number, block: Block, maxLineBytes: number): void {
  if (isLineTooLarge(text, start, end, maxLineBytes)) block.skip('line-size', maxLineBytes);
  else if (isData(text, start)) block.data(text.slice(valueAfter(text, start + 4), end));
  else if (isEvent(text, start)) block.event(text.slice(valueAfter(text, start + 5), end));
  else if (isId(text, start)) block.id(text.slice(valueAfter(text, start + 2), end));
  else if (text.charCodeAt(start) === COLON) block.comment(text.slice(valueAfter(text, start), end));
  else readRareLine(text.slice(start, end), block);
}

/** Parses a `retry`, a field without a colon, or a field that the standard ignores. */
function readRareLine(line: string, block: Block): void {
  const colon = line.indexOf(':');
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(valueAfter(line, colon));
  if (field === 'retry') block.retry(value);
  else if (field === 'data') block.data(value);
  else if (field === 'event') block.event(value);
  else if (field === 'id') block.id(value);
}

function isLineTooLarge(text: string, start: number, end: number, maxLineBytes: number): boolean {
  // A UTF-16 unit has at most three bytes, so that short lines are not even sliced.
  return (end - start) * 3 > maxLineBytes && !fitsIn(maxLineBytes, text.slice(start, end));
}

// Each is `text.startsWith('data:', start)` and so on, in a third of the time.

function isData(text: string, start: number): boolean {
  return (
    text.charCodeAt(start) === 100 &&
    text.charCodeAt(start + 1) === 97 &&
    text.charCodeAt(start + 2) === 116 &&
    text.charCodeAt(start + 3) === 97 &&
    text.charCodeAt(start + 4) === COLON
  );
}

function isEvent(text: string, start: number): boolean {
  return (
    text.charCodeAt(start) === 101 &&
    text.charCodeAt(start + 1) === 118 &&
    text.charCodeAt(start + 2) === 101 &&
    text.charCodeAt(start + 3) === 110 &&
    text.charCodeAt(start + 4) === 116 &&
    text.charCodeAt(start + 5) === COLON
  );
}

function isId(text: string, start: number): boolean {
  return text.charCodeAt(start) === 105 && text.charCodeAt(start + 1) === 100 && text.charCodeAt(start + 2) === COLON;
}

/** Returns where the value starts: one space after the colon is not part of it. */
function valueAfter(text: string, colon: number): number {
  return text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
}
