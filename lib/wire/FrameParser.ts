import { checkNumber } from '../data/check.ts';
import { checkOptions, type OptionKinds } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { Block, type FrameListeners, ownFrameBytes } from './Block.ts';
import { ByteBuffer } from './ByteBuffer.ts';
import { readLines } from './readLines.ts';
import { LineDecoder } from './utf8.ts';

const LF = 10;
const CR = 13;
const smallLine = 1024;
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);

/** The bounds of a parser. `Infinity` is no bound. @category wire */
export interface FrameLimits {
  /**
   * The most bytes of one event's data. A malformed byte counts as U+FFFD, which has three bytes. Up to 1024 bytes under a
   * name that starts with `rxsse.`, as of a gap and of the end, are always read.
   *
   * @default 1048576, 1 MiB
   */
  readonly maxEventBytes?: number | undefined;
  /**
   * The most bytes of one line, without its end. A limit below 1024 may skip the library's own lines, and with them the end.
   *
   * @default `maxEventBytes` and 6 more for `data: `, at least 1024
   */
  readonly maxLineBytes?: number | undefined;
}

/** The listeners, bounds and start position of a parser. @category wire */
export interface FrameParserOptions extends FrameListeners, FrameLimits {
  /**
   * The id with which the reader connected. It stays in force until the stream sets another.
   *
   * @default ''
   */
  readonly lastEventId?: string;
}

const parserKinds: OptionKinds<FrameParserOptions> = {
  lastEventId: 'string',
  onMessage: 'function',
  onRetry: 'function',
  onComment: 'function',
  onPosition: 'function',
  onOversized: 'function',
  maxEventBytes: '',
  maxLineBytes: '',
};

/**
 * Parses `text/event-stream` bytes in chunks of any size, and calls a listener for each frame at the byte that
 * completes it.
 *
 * It is for programs that have bytes and no Observable; `parseFrames` is the operator. It follows the standard exactly:
 * one BOM at the start is skipped; CR, LF and CRLF end a line, and a CR does so without waiting for the next byte;
 * malformed UTF-8 becomes U+FFFD; an id with NUL is ignored and an empty one clears; a block that the stream leaves
 * unfinished is dropped, except its `retry`. The time is proportional to the bytes, however small the chunks are.
 *
 * One parser reads one connection. Nothing has to be called at its end; `isUnfinished` says whether something was
 * dropped there.
 *
 * @example Print what a server sends
 * const parser = new FrameParser({ onMessage: ({ event, data }) => console.log(event, data) });
 * for await (const bytes of (await fetch('http://localhost:3000/time')).body ?? []) parser.push(bytes);
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @category wire
 */
export class FrameParser {
  readonly #block: Block;
  readonly #maxLineBytes: number;
  readonly #decoder = new LineDecoder();
  /** The start of an unfinished line. It never contains a line end. */
  readonly #held = new ByteBuffer();
  /** Whether there is an unfinished line. */
  #isHolding = false;
  /** Whether the unfinished line is too large, so that the rest of it is skipped. */
  #isSkipping = false;
  /** How many bytes of the BOM were read; all three once the start of the stream has passed. */
  #bom = 0;
  #afterCr = false;
  #reading = false;

  /** @throws RangeError when a limit is not above zero; TypeError for an option of another name or a wrong type. */
  constructor(options: FrameParserOptions) {
    checkOptions('FrameParser', options, parserKinds);
    const { maxEventBytes = 2 ** 20, lastEventId = '' } = options;
    const { maxLineBytes = Math.max(maxEventBytes + 'data: '.length, ownFrameBytes) } = options;
    checkNumber('FrameParser: maxEventBytes', maxEventBytes, { above: 0, unit: 'bytes' });
    checkNumber('FrameParser: maxLineBytes', maxLineBytes, { above: 0, unit: 'bytes' });
    this.#block = new Block(options, lastEventId, maxEventBytes);
    this.#maxLineBytes = maxLineBytes;
  }

  /** The id that a reconnect sends as `Last-Event-ID`: that of the last complete block with one. `''` is none. */
  get lastEventId(): string {
    return this.#block.lastEventId;
  }

  /**
   * True while the bytes so far end inside a line or a block, which the standard drops at the end of the connection: a
   * response that ends there was cut off, although its transport reports a normal end.
   */
  get isUnfinished(): boolean {
    const isInBom = this.#bom % BOM.length > 0;
    return isInBom || this.#isHolding || this.#isSkipping || this.#block.isStarted;
  }

  /**
   * Parses the next bytes of the connection. They may be reused when it returns.
   *
   * @throws LimitError over a limit where there is no `onOversized`, and what a listener throws. After either the parser
   * is stopped.
   */
  push(bytes: Uint8Array): void {
    if (this.#block.stopped) return;
    if (!ArrayBuffer.isView(bytes)) throw new TypeError(`FrameParser: push expects bytes, got ${kindOf(bytes)}`);
    if (this.#reading)
      throw new Error('FrameParser: push was called by a listener of the same parser; queue the bytes');
    this.#reading = true;
    try {
      this.#take(bytes);
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  /** Stops the parser: no listener is called again, not even for the rest of the same bytes. */
  stop(): void {
    this.#block.stopped = true;
    this.#held.take();
    this.#isHolding = false;
  }

  #take(bytes: Uint8Array): void {
    let from = this.#skipBom(bytes);
    if (this.#afterCr && from < bytes.length) {
      if (bytes[from] === LF) from++;
      this.#afterCr = false;
    }
    if (this.#isSkipping) from = this.#skipLine(bytes, from);
    let to = bytes.length;
    while (to > from && bytes[to - 1] !== LF && bytes[to - 1] !== CR) to--;

    if (to > from) {
      this.#afterCr = to === bytes.length && bytes[to - 1] === CR;
      if (this.#isHolding) from = this.#finishHeld(bytes, from, to);
      if (to > from) this.#read(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
    }
    if (to < bytes.length && !this.#block.stopped) this.#hold(bytes, to);
  }

  #skipBom(bytes: Uint8Array): number {
    let from = 0;
    while (this.#bom < BOM.length && from < bytes.length) {
      if (bytes[from] === BOM[this.#bom]) {
        this.#bom++;
        from++;
      } else {
        // The start of a BOM that turned out to be none is the start of a line.
        if (this.#bom > 0) this.#hold(BOM, 0, this.#bom);
        this.#bom = BOM.length;
      }
    }
    return from;
  }

  /**
   * Completes the unfinished line, up to any line end, not the first one: a stream without LF has only one position
   * that is certainly a line end. Few bytes are copied whole, since decoding them separately costs more.
   */
  #finishHeld(bytes: Uint8Array, from: number, to: number): number {
    const lf = to - from <= smallLine ? -1 : bytes.indexOf(LF, from);
    const cut = lf === -1 ? to : lf + 1;
    this.#held.append(bytes, from, cut);
    this.#isHolding = false;
    this.#read(this.#held.take());
    return cut;
  }

  /** Skips the rest of a line that is too large. Returns where the next line starts. */
  #skipLine(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
    if (at === bytes.length) return at;
    this.#isSkipping = false;
    const isCr = bytes[at] === CR;
    if (isCr && at + 1 === bytes.length) this.#afterCr = true;
    return isCr && bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  #read(lines: Uint8Array): void {
    readLines(this.#decoder.decode(lines), this.#block, this.#maxLineBytes);
  }

  #hold(bytes: Uint8Array, from: number, to = bytes.length): void {
    this.#held.append(bytes, from, to);
    this.#isHolding = true;
    if (this.#held.length <= this.#maxLineBytes) return;
    this.#block.skip('line-size', this.#maxLineBytes);
    this.#held.take();
    this.#isHolding = false;
    this.#isSkipping = true;
  }
}
