import { type Frame, Message, type Retry } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';

/** A frame and the moment at which its last byte arrived. */
export interface ReceivedFrame {
  /** Virtual milliseconds. */
  readonly at: number;
  readonly frame: Frame;
}

const LF = 10;
const CR = 13;

/**
 * Parses frames from bytes as they arrive, and records when each was complete.
 *
 * A parser reports `retry:` when it reads it, separately from the message of its block. A test needs the block as it
 * was sent; so the parser is fed line by line, and a wait is held until the line that ends its block.
 */
export class FrameRecorder {
  readonly frames: ReceivedFrame[] = [];
  readonly #parser: FrameParser;
  #at = 0;
  #wait: Retry | undefined;
  #lineIsEmpty = true;
  /** The last requested wait, in force from its line on. */
  retry: number | undefined;

  /** @param lastEventId the position of the reader when it connected */
  constructor(lastEventId: string) {
    this.#parser = new FrameParser({
      lastEventId,
      // The route bounds what it sends; a test reads all of it.
      maxEventBytes: Infinity,
      onMessage: ({ id, event, data }) => {
        this.#record(new Message(id, event, this.#wait?.ms, data));
        this.#wait = undefined;
      },
      onComment: (comment) => this.#record(comment),
      onRetry: (retry) => {
        this.#wait = retry;
        this.retry = retry.ms;
      },
    });
  }

  /** The position that a browser would reconnect with. */
  get lastEventId(): string {
    return this.#parser.lastEventId;
  }

  push(bytes: Uint8Array, at: number): void {
    this.#at = at;
    for (let from = 0, to = 0; from < bytes.length; from = to) {
      const end = bytes.indexOf(LF, from);
      to = end === -1 ? bytes.length : end + 1;
      this.#pushPartOfLine(bytes.subarray(from, to), end !== -1);
    }
  }

  #pushPartOfLine(bytes: Uint8Array, ended: boolean): void {
    this.#parser.push(bytes);
    this.#lineIsEmpty &&= bytes.every((byte) => byte === LF || byte === CR);
    if (!ended) return;
    if (this.#lineIsEmpty && this.#wait !== undefined) {
      this.#record(this.#wait);
      this.#wait = undefined;
    }
    this.#lineIsEmpty = true;
  }

  #record(frame: Frame): void {
    this.frames.push({ at: this.#at, frame });
  }
}
