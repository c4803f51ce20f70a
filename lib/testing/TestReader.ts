import type { Next } from '../sink/SseRequest.ts';
import { FakeResponse, type Surroundings, type Write } from './FakeResponse.ts';
import { FrameRecorder, type ReceivedFrame } from './FrameRecorder.ts';

/** What a reader is made with. */
interface ReaderRun extends Omit<Surroundings, 'arrived' | 'closed'> {
  readonly method: string;
  /** Where it stood when it came. */
  readonly lastEventId: string;
  /** Most bytes that it gets in one piece. */
  readonly chunk: number;
  /** Told after each write that reached it, and when the connection is over. */
  readonly onChange: (reader: TestReader) => void;
}

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
export class TestReader {
  /** The fake that the route wrote to. */
  readonly response: FakeResponse;
  /** Each write that reached the socket; what was corked together is one. */
  readonly writes: readonly Write[];
  readonly #writes: Write[] = [];
  readonly #run: ReaderRun;
  #recorder: FrameRecorder;
  #error: unknown;
  #closedAt: number | undefined;

  /** @internal */
  constructor(run: ReaderRun) {
    this.writes = this.#writes;
    this.#run = run;
    this.#recorder = new FrameRecorder(run.lastEventId);
    this.response = new FakeResponse(run.method, {
      ...run,
      arrived: (arrival) => {
        this.#writes.push(arrival);
        this.#record(arrival);
        run.onChange(this);
      },
      closed: () => {
        this.#closedAt = run.now();
        run.onChange(this);
      },
    });
  }

  /** The blocks of the stream, in order. Empty for an answer that is no stream. */
  get frames(): readonly ReceivedFrame[] {
    return this.#recorder.frames;
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

  /** The position that a browser would come back with: the one it came with, until it got another. `''` is none. */
  get lastEventId(): string {
    return this.#recorder.lastEventId;
  }

  /** The wait in milliseconds that it was asked for last; `undefined` if it never was. */
  get retry(): number | undefined {
    return this.#recorder.retry;
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

  /** When the connection was over, whoever ended it, in virtual milliseconds. */
  get closed(): number | undefined {
    return this.#closedAt;
  }

  /** How many listeners are on the response. */
  get listeners(): number {
    return this.response.eventNames().reduce((sum, name) => sum + this.response.listenerCount(name), 0);
  }

  /**
   * What was last written did not arrive: it was on its way when the connection broke.
   *
   * @internal
   */
  lose(): void {
    const kept = this.writes.slice(0, -1);
    this.#writes.pop();
    this.#recorder = new FrameRecorder(this.#run.lastEventId);
    for (const arrival of kept) this.#record(arrival);
  }

  #record({ bytes, at }: Write): void {
    if (!this.isStream) return;
    const size = Math.min(this.#run.chunk, Math.max(1, bytes.length));
    for (let from = 0; from < bytes.length; from += size) this.#recorder.push(bytes.subarray(from, from + size), at);
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
