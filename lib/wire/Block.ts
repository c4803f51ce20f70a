import { maxTimerDelay } from '../data/check.ts';
import { receivedTooLarge } from '../error/LimitError.ts';
import { DataLines } from './DataLines.ts';
import { Comment, Message, Retry } from './Frame.ts';
import { fitsIn } from './utf8.ts';

/** Lines of one event that are put together without a list of them. */
const few = 64;

/** Who is told of what a parser reads. Throwing in one of them stops the parser. @category wire */
export interface FrameListeners {
  /** Called with each event, at its blank line. */
  readonly onMessage: (message: Message) => void;
  /**
   * Called at each valid `retry:` line, also where its block is never finished.
   * A wait longer than a timer can hold comes as the longest that it can, 2147483647 ms.
   */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Called at each comment line, also within a block. */
  readonly onComment?: ((comment: Comment) => void) | undefined;
  /**
   * Called at the blank line of each block that sets the id, before its message.
   * Blocks with nothing but an id are heard of only here.
   */
  readonly onPosition?: ((lastEventId: string) => void) | undefined;
}

/**
 * The block that is being read: its fields so far, and what its blank line does.
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
  lastEventId: string;
  /** Once true, nobody is told of anything any more. */
  stopped = false;

  constructor(listeners: FrameListeners, lastEventId: string, maxEventBytes: number) {
    this.#listeners = listeners;
    this.lastEventId = lastEventId;
    this.#maxEventBytes = maxEventBytes;
  }

  get hasData(): boolean {
    return this.#data !== undefined;
  }

  /** @throws LimitError when the event grows over its limit. */
  data(line: string): void {
    if (this.#data === undefined) {
      this.#check(line);
      this.#data = line;
      this.#lines = 1;
      return;
    }
    if (this.#more === undefined) {
      // What has few lines and surely fits is put together as it comes.
      if (++this.#lines < few && (this.#data.length + line.length + 1) * 3 <= this.#maxEventBytes) {
        this.#data += `\n${line}`;
        return;
      }
      this.#more = new DataLines(this.#maxEventBytes);
      this.#more.add(this.#data);
    }
    this.#more.add(line);
  }

  event(name: string): void {
    this.#event = name === '' ? undefined : name;
  }

  id(id: string): void {
    if (!id.includes('\0')) this.#id = id;
  }

  /** In force from here, and not from the blank line on as the other fields are. */
  retry(digits: string): void {
    if (/^[0-9]+$/.test(digits)) this.#listeners.onRetry?.(new Retry(Math.min(Number(digits), maxTimerDelay)));
  }

  comment(text: string): void {
    this.#listeners.onComment?.(new Comment(text));
  }

  /** The blank line. A block without any `data:` line moves the position and tells of no event. */
  end(): void {
    if (this.#data === undefined) {
      this.#event = undefined;
      this.#move();
      return;
    }
    const data = this.#more === undefined ? this.#data : this.#more.join();
    this.#data = undefined;
    this.#more = undefined;
    this.#tell(data);
  }

  /** The only data line and the blank line after it, in one: what nearly every event is. */
  endWith(data: string): void {
    this.#check(data);
    this.#tell(data);
  }

  #tell(data: string): void {
    const event = this.#event;
    this.#event = undefined;
    const id = this.#move();
    if (!this.stopped) this.#listeners.onMessage(new Message(id, event, undefined, data));
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

  #check(line: string): void {
    if (!fitsIn(this.#maxEventBytes, line)) throw receivedTooLarge('frame-size', this.#maxEventBytes);
  }
}
