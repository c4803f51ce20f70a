import { shorten } from '../data/shorten.ts';
import type { Next } from '../sink/SseRequest.ts';
import { FakeResponse, type FakeResponseHost, type Write } from './FakeResponse.ts';
import { FrameRecorder, type ReceivedFrame } from './FrameRecorder.ts';
import { textOf } from './Marks.ts';

/** The parameters of a reader. */
interface ReaderParameters extends Omit<FakeResponseHost, 'onWrite' | 'onClose'> {
  readonly method: string;
  /** Its position when it connects. */
  readonly lastEventId: string;
  /** The most bytes that it gets at once. */
  readonly chunk: number;
  /** Called after each write that arrived, and when the connection has closed. */
  readonly onChange: (reader: TestReader) => void;
}

/**
 * A reader in virtual time: what it received, and when. Created by the helper `reader`; it is complete when `flush` has
 * returned.
 *
 * @example Check the response to a bad request
 * it('names the field', marbles(({ reader, flush }) => {
 *   const r = reader(sse({ query: { message: t.string } }, NEVER), { url: '/' });
 *   flush();
 *   expect(r.status).to.equal(422);
 * }));
 *
 * @category testing
 */
export class TestReader {
  /** The fake response that the route wrote to. */
  readonly response: FakeResponse;
  /** Each write that reached the socket; corked writes are one. */
  readonly writes: readonly Write[];
  readonly #writes: Write[] = [];
  readonly #run: ReaderParameters;
  #recorder: FrameRecorder;
  #error: unknown;
  #closedAt: number | undefined;

  /** @internal */
  constructor(run: ReaderParameters) {
    this.writes = this.#writes;
    this.#run = run;
    this.#recorder = new FrameRecorder(run.lastEventId);
    this.response = new FakeResponse(run.method, {
      ...run,
      onWrite: (write) => {
        this.#writes.push(write);
        this.#record(write);
        run.onChange(this);
      },
      onClose: () => {
        this.#closedAt = run.now();
        run.onChange(this);
      },
    });
  }

  /** The frames of the stream, in order. Empty for a response that is not a stream. */
  get frames(): readonly ReceivedFrame[] {
    return this.#recorder.frames;
  }

  /** The status; `undefined` until the head has arrived. */
  get status(): number | undefined {
    return this.response.head?.status;
  }

  /** The headers by lower-case name; empty until the head has arrived. */
  get headers(): Readonly<Record<string, string>> {
    return this.response.head?.headers ?? {};
  }

  /** True when the response is a stream of events. */
  get isStream(): boolean {
    return this.status === 200 && /^text\/event-stream\b/i.test(this.headers['content-type'] ?? '');
  }

  /** The decoded body of a JSON response. */
  get problem(): unknown {
    return /^application\/([^;]+\+)?json\b/i.test(this.headers['content-type'] ?? '')
      ? JSON.parse(this.text)
      : undefined;
  }

  /** The error that the route threw or passed to `next`. */
  get error(): unknown {
    return this.#error;
  }

  /** The position that a browser would reconnect with: the initial one, until it received another. `''` is none. */
  get lastEventId(): string {
    return this.#recorder.lastEventId;
  }

  /** The last requested wait in milliseconds; `undefined` if none was requested. */
  get retry(): number | undefined {
    return this.#recorder.retry;
  }

  /** The bytes that were written, without the head. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.writes.map(({ bytes }) => bytes));
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** The bytes that were written while the socket was full. */
  get overrun(): number {
    return this.response.overrun;
  }

  /** When the server ended the response, in virtual milliseconds. */
  get endedAt(): number | undefined {
    return this.response.endedAt;
  }

  /** When the server cut the connection, in virtual milliseconds. */
  get cutAt(): number | undefined {
    return this.response.cut?.at;
  }

  /** When the client disconnected or its socket broke, in virtual milliseconds. */
  get leftAt(): number | undefined {
    return this.response.leftAt;
  }

  /** When the connection closed, by either side, in virtual milliseconds. */
  get closedAt(): number | undefined {
    return this.#closedAt;
  }

  /** How many listeners the response has. */
  get listeners(): number {
    return this.response.eventNames().reduce((sum, name) => sum + this.response.listenerCount(name), 0);
  }

  /**
   * Drops the last write, which was in transit when the connection broke.
   *
   * @internal
   */
  lose(): void {
    const earlier = this.writes.slice(0, -1);
    this.#writes.pop();
    this.#recorder = new FrameRecorder(this.#run.lastEventId);
    for (const write of earlier) this.#record(write);
  }

  #record({ bytes, at }: Write): void {
    if (!this.isStream) return;
    const size = Math.min(this.#run.chunk, Math.max(1, bytes.length));
    for (let from = 0; from < bytes.length; from += size) this.#recorder.push(bytes.subarray(from, from + size), at);
  }

  /**
   * Express's `next`, without an error handler of the app.
   *
   * @internal
   */
  readonly next: Next = (error) => {
    this.#error = error;
    if (this.response.headersSent) this.response.destroy();
    else this.response.writeHead(statusCodeOf(error)).end();
  };
}

function statusCodeOf(error: unknown): number {
  if (error === undefined) return 404;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** The most characters of a body in a message. */
const maxBodyLength = 400;

/**
 * Describes a response that is not a stream, and what the route passed to `next`; empty where there is nothing to
 * describe. `when` follows the status.
 */
export function describeResponse({ status, isStream, text, error }: TestReader, when = ''): string {
  const body = text.replace(/\s+/g, ' ').trim();
  const isRejected = status !== undefined && status >= 400 && status < 500;
  const advice = isRejected ? '; send a request that the route accepts' : '';
  const type = status === 200 ? ' without content-type text/event-stream' : '';
  const response =
    status === undefined || isStream
      ? []
      : [`expected a stream of events, got status ${status}${type}${when}${quoteBody(body)}${advice}`];
  const errors = error === undefined ? [] : [`next was called with ${error instanceof Error ? error : textOf(error)}`];
  return [...response, ...errors].join('; ');
}

function quoteBody(body: string): string {
  return body === '' ? '' : `: ${shorten(body, maxBodyLength)}`;
}
