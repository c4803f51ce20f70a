import { checkNumber } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { receivedTooLarge } from '../error/LimitError.ts';
import { Block, type FrameListeners } from './Block.ts';
import { ByteBuffer } from './ByteBuffer.ts';
import { readLines } from './readLines.ts';
import { LineDecoder } from './utf8.ts';

const LF = 10;
const CR = 13;
const few = 1024;
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);

/** How much a parser may hold. `Infinity` is no bound. @category wire */
export interface FrameLimits {
  /**
   * Most bytes of one event's data. A malformed byte counts as what it becomes, U+FFFD, which has three.
   *
   * @default 1048576, 1 MiB
   */
  readonly maxEventBytes?: number;
  /**
   * Most bytes of one line, its end not counted.
   *
   * @default `maxEventBytes` and 6 more for `data: `
   */
  readonly maxLineBytes?: number;
}

/** Who listens to a parser, what it may hold, and where its reader stands. @category wire */
export interface FrameParserOptions extends FrameListeners, FrameLimits {
  /**
   * The id that a reader came with. It stays in force until the stream sets another.
   *
   * @default '' which is none
   */
  readonly lastEventId?: string;
}

/**
 * Reads `text/event-stream` bytes as they come, in pieces of any size, and calls
 * for each frame at the byte that finishes it.
 *
 * For everything that has bytes and no Observable; `parseFrames` is the operator.
 * Exact to the standard: one BOM at the start is skipped; CR, LF and CRLF end a
 * line, and a CR does so without waiting for the byte after it; malformed UTF-8
 * becomes U+FFFD; an id with NUL is ignored and an empty one clears; a block
 * that the stream leaves unfinished is dropped, its `retry` apart. Takes time in
 * proportion to the bytes, however small the pieces are.
 *
 * One parser reads one connection. Nothing has to be called at its end.
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
  /** A line's beginning. Never has a line end in it. */
  readonly #held = new ByteBuffer();
  /** How many bytes of the BOM came, or all three once the stream's start is behind. */
  #bom = 0;
  #afterCr = false;
  #reading = false;

  /** @throws RangeError when a limit is not above zero. */
  constructor(options: FrameParserOptions) {
    const { maxEventBytes = 2 ** 20, maxLineBytes = maxEventBytes + 'data: '.length, lastEventId = '' } = options;
    checkNumber('FrameParser: maxEventBytes', maxEventBytes, { above: 0, unit: 'bytes' });
    checkNumber('FrameParser: maxLineBytes', maxLineBytes, { above: 0, unit: 'bytes' });
    this.#block = new Block(options, lastEventId, maxEventBytes);
    this.#maxLineBytes = maxLineBytes;
  }

  /** What a reconnect sends as `Last-Event-ID`: the id of the last finished block that had one. `''` is none. */
  get lastEventId(): string {
    return this.#block.lastEventId;
  }

  /**
   * Reads the next bytes of the connection. They may be reused as soon as it returns.
   *
   * @throws LimitError over a limit. What a listener throws is thrown on.
   * After either the parser is stopped.
   */
  push(bytes: Uint8Array): void {
    if (this.#block.stopped) return;
    if (!ArrayBuffer.isView(bytes)) throw new TypeError(`FrameParser: push takes bytes, got ${kindOf(bytes)}`);
    if (this.#reading)
      throw new Error('FrameParser: push was called by a listener of the same parser: queue the bytes');
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

  /** Ends the reading for good: no listener is called any more, not even for the rest of the same bytes. */
  stop(): void {
    this.#block.stopped = true;
    this.#held.take();
  }

  #take(bytes: Uint8Array): void {
    let from = this.#skipBom(bytes);
    if (this.#afterCr && from < bytes.length) {
      if (bytes[from] === LF) from++;
      this.#afterCr = false;
    }
    let to = bytes.length;
    while (to > from && bytes[to - 1] !== LF && bytes[to - 1] !== CR) to--;

    if (to > from) {
      this.#afterCr = to === bytes.length && bytes[to - 1] === CR;
      if (this.#held.length > 0) from = this.#finishHeld(bytes, from, to);
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
        // The beginning of one, which then was no BOM, is the beginning of a line.
        if (this.#bom > 0) this.#hold(BOM, 0, this.#bom);
        this.#bom = BOM.length;
      }
    }
    return from;
  }

  /**
   * Up to any line end, not the first: a stream without LF has only one place that is sure to be one. Few bytes are
   * copied whole, since to decode them apart costs more.
   */
  #finishHeld(bytes: Uint8Array, from: number, to: number): number {
    const lf = to - from <= few ? -1 : bytes.indexOf(LF, from);
    const cut = lf === -1 ? to : lf + 1;
    this.#held.append(bytes, from, cut);
    this.#read(this.#held.take());
    return cut;
  }

  #read(lines: Uint8Array): void {
    readLines(this.#decoder.decode(lines), this.#block, this.#maxLineBytes);
  }

  #hold(bytes: Uint8Array, from: number, to = bytes.length): void {
    this.#held.append(bytes, from, to);
    if (this.#held.length > this.#maxLineBytes) throw receivedTooLarge('line-size', this.#maxLineBytes);
  }
}
