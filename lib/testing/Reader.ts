import type { Next } from '../sink/exchange.ts';
import { type Arrival, FakeResponse, type Surroundings } from './FakeResponse.ts';
import { FrameRecorder, type Received } from './FrameRecorder.ts';

/**
 * A reader in virtual time: what it got, and when. Made by the helper `reader`;
 * it knows all once `flush` has returned.
 *
 * @example Ask what a bad request gets
 * it('names the field', marbles(({ reader, flush }) => {
 *   const r = reader(sse(NEVER, { query: { message: t.string } }), { url: '/' });
 *   flush();
 *   expect(r.status).to.equal(422);
 * }));
 *
 * @category testing
 */
export class Reader {
  /** The fake that the route wrote to. */
  readonly response: FakeResponse;
  /** Each write that reached the socket; what was corked together is one. */
  readonly writes: readonly Arrival[];
  /** The blocks of the stream, in order. Empty for an answer that is no stream. */
  readonly frames: readonly Received[];
  readonly #recorder = new FrameRecorder();
  #error: unknown;

  /** @internal */
  constructor(method: string, run: Omit<Surroundings, 'arrived'>) {
    const writes: Arrival[] = [];
    this.writes = writes;
    this.frames = this.#recorder.frames;
    this.response = new FakeResponse(method, {
      ...run,
      arrived: (arrival) => {
        writes.push(arrival);
        if (this.isStream) this.#recorder.push(arrival.bytes, arrival.at);
      },
    });
  }

  /** The status; `undefined` until the head has reached the reader. */
  get status(): number | undefined {
    return this.response.head?.status;
  }

  /** Headers by lower-case name; empty until the head has reached the reader. */
  get headers(): Readonly<Record<string, string>> {
    return this.response.head?.headers ?? {};
  }

  /** The answer is a stream of events. */
  get isStream(): boolean {
    return this.status === 200 && /^text\/event-stream\b/i.test(this.headers['content-type'] ?? '');
  }

  /** The decoded body of an answer that is JSON, which a stream is not. */
  get problem(): unknown {
    return /^application\/([^;]+\+)?json\b/i.test(this.headers['content-type'] ?? '')
      ? JSON.parse(this.text)
      : undefined;
  }

  /** What the route threw or gave to `next`. */
  get error(): unknown {
    return this.#error;
  }

  /** The position that a browser would come back with. `''` before the first. */
  get lastEventId(): string {
    return this.#recorder.lastEventId;
  }

  /** All that was written, the head not counted. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.writes.map(({ bytes }) => bytes));
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** Bytes that were written while the socket was full. */
  get overrun(): number {
    return this.response.overrun;
  }

  /** When the server ended the response, in virtual milliseconds. */
  get ended(): number | undefined {
    return this.response.endedAt;
  }

  /** When the server cut the connection, in virtual milliseconds. */
  get cut(): number | undefined {
    return this.response.cut?.at;
  }

  /** When the client went or its socket broke, in virtual milliseconds. */
  get left(): number | undefined {
    return this.response.leftAt;
  }

  /** How many listeners are on the response. */
  get listeners(): number {
    return this.response.eventNames().reduce((sum, name) => sum + this.response.listenerCount(name), 0);
  }

  /**
   * Express's `next`, with no error handler of the app's own behind it.
   *
   * @internal
   */
  readonly next: Next = (error) => {
    this.#error = error;
    if (this.response.headersSent) this.response.destroy();
    else this.response.writeHead(statusOf(error)).end();
  };
}

function statusOf(error: unknown): number {
  if (error === undefined) return 404;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
