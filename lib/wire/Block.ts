import { maxTimerDelay } from '../data/check.ts';
import { type LimitError, receivedTooLarge } from '../error/LimitError.ts';
import { Comment, Message, Retry } from './Frame.ts';
import { fitsIn, utf8Length } from './utf8.ts';

/** The lines that {@link DataLines} joins into one string at a time. */
const pageLength = 1024;

/** The most lines of one event that are concatenated without a list of them. */
const maxConcatenated = 64;

/** The size in bytes up to which frames of the library itself are read whatever `maxEventBytes` says, and lines by default. */
export const ownFrameBytes = 1024;

/** The listeners of a parser. One that throws stops the parser. @category wire */
export interface FrameListeners {
  /** Called for each event, at its blank line. */
  readonly onMessage: (message: Message) => void;
  /**
   * Called at each valid `retry:` line, also where its block is never finished. A wait longer than a timer can hold is
   * reported as the longest, 2147483647 ms.
   */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Called at each comment line, also within a block. */
  readonly onComment?: ((comment: Comment) => void) | undefined;
  /**
   * Called at the blank line of each block that sets the id, before its message. It is the only listener that is called
   * for a block with nothing but an id.
   */
  readonly onPosition?: ((lastEventId: string) => void) | undefined;
  /**
   * Called for each event that exceeds a limit, which is then skipped: its id still moves the position. Without it
   * `push` throws the error.
   */
  readonly onOversized?: ((error: LimitError) => void) | undefined;
}

/**
 * The block that is being parsed: its fields so far, and the effect of its blank line.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @internal
 */
export class Block {
  readonly #listeners: FrameListeners;
  readonly #maxEventBytes: number;
  #id: string | undefined;
  #event: string | undefined;
  #data: string | undefined;
  #lines = 0;
  #more: DataLines | undefined;
  /** Whether the block exceeds a limit, so that its data is not collected. */
  #isSkipped = false;
  lastEventId: string;
  /** Once true, no listener is called. */
  stopped = false;

  constructor(listeners: FrameListeners, lastEventId: string, maxEventBytes: number) {
    this.#listeners = listeners;
    this.lastEventId = lastEventId;
    this.#maxEventBytes = maxEventBytes;
  }

  get hasData(): boolean {
    return this.#data !== undefined;
  }

  /** True if the block has a field that takes effect at its blank line. */
  get isStarted(): boolean {
    return this.#data !== undefined || this.#event !== undefined || this.#id !== undefined;
  }

  /** @throws LimitError when the event exceeds its limit and nothing listens for that. */
  data(line: string): void {
    if (this.#data === undefined) {
      if (!this.#fits(line)) return this.skip('frame-size', this.#maxEventBytes);
      this.#data = line;
      this.#lines = 1;
      return;
    }
    if (this.#isSkipped) return;
    if (this.#more === undefined) {
      // Few lines that certainly fit are concatenated as they arrive.
      if (++this.#lines < maxConcatenated && (this.#data.length + line.length + 1) * 3 <= this.#maxEventBytes) {
        this.#data += `\n${line}`;
        return;
      }
      this.#more = new DataLines(this.#maxEventBytes);
      this.#more.add(this.#data);
    }
    if (!this.#more.add(line)) this.skip('frame-size', this.#maxEventBytes);
  }

  /** Skips the data of the block, reports it, and continues. @throws LimitError when nothing listens for that. */
  skip(kind: 'frame-size' | 'line-size', limit: number): void {
    if (this.#isSkipped) return;
    const error = receivedTooLarge(kind, limit);
    const { onOversized } = this.#listeners;
    if (onOversized === undefined) throw error;
    this.#isSkipped = true;
    this.#data = '';
    this.#more = undefined;
    onOversized(error);
  }

  event(name: string): void {
    this.#event = name === '' ? undefined : name;
  }

  id(id: string): void {
    if (!id.includes('\0')) this.#id = id;
  }

  /** Reports the wait at its line, not at the blank line as for the other fields. */
  retry(digits: string): void {
    if (/^[0-9]+$/.test(digits)) this.#listeners.onRetry?.(new Retry(Math.min(Number(digits), maxTimerDelay), true));
  }

  comment(text: string): void {
    this.#listeners.onComment?.(new Comment(text));
  }

  /** Ends the block at its blank line. A block without a `data:` line moves the position and is not an event. */
  end(): void {
    if (this.#data === undefined) {
      this.#event = undefined;
      this.#move();
      return;
    }
    const data = this.#more === undefined ? this.#data : this.#more.join();
    this.#data = undefined;
    this.#more = undefined;
    if (!this.#isSkipped) return this.#dispatch(data);
    this.#isSkipped = false;
    this.#event = undefined;
    if (!this.stopped) this.#move();
  }

  /** Reads the only data line and the blank line after it in one step: the form of nearly every event. */
  endWith(data: string): void {
    if (this.#fits(data)) return this.#dispatch(data);
    this.skip('frame-size', this.#maxEventBytes);
    this.end();
  }

  #fits(data: string): boolean {
    if (fitsIn(this.#maxEventBytes, data)) return true;
    // A reader that skipped an end would reconnect, and one that skipped a gap would not know that events are missing.
    return this.#event?.startsWith('rxsse.') === true && fitsIn(ownFrameBytes, data);
  }

  #dispatch(data: string): void {
    const event = this.#event;
    this.#event = undefined;
    const id = this.#move();
    if (!this.stopped) this.#listeners.onMessage(new Message(id, event, undefined, data, true));
  }

  #move(): string | undefined {
    const id = this.#id;
    if (id !== undefined) {
      this.#id = undefined;
      this.lastEventId = id;
      this.#listeners.onPosition?.(id);
    }
    return id;
  }
}

/**
 * The data of one event with several `data:` lines, bounded in bytes.
 *
 * Lines are folded into pages, so that a million empty lines take a million bytes and not a million strings. A page is
 * counted when it is folded, and early when the lines not yet counted might exceed the bound; the rest then shrinks by
 * a third each time, so that each character is counted once and pages stay few.
 *
 * @internal
 */
export class DataLines {
  #pages: string[] = [];
  #lines: string[] = [];
  /** The bytes that may still be counted; the last line has no LF, hence one more than the limit. */
  #room: number;
  /** The UTF-16 units of the lines, each with its LF. */
  #units = 0;

  constructor(limit: number) {
    this.#room = limit + 1;
  }

  /** Returns false if the data exceeds the limit. */
  add(line: string): boolean {
    this.#lines.push(line);
    this.#units += line.length + 1;
    if (this.#units * 3 > this.#room || this.#lines.length === pageLength) this.#fold();
    return this.#room >= 0;
  }

  join(): string {
    return this.#pages.length === 0 ? this.#lines.join('\n') : [...this.#pages, ...this.#lines].join('\n');
  }

  #fold(): void {
    const page = this.#lines.join('\n');
    this.#room -= utf8Length(page) + 1;
    this.#pages.push(page);
    this.#lines = [];
    this.#units = 0;
  }
}
