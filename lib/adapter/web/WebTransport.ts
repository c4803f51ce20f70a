import type { Transport, TransportListener } from '../../sink/Transport.ts';

/** How many bytes may wait to be read before the response is full: as in a stream of Node. */
const highWaterMark = 16 * 1024;

/** The statuses with which a `Response` takes no body. */
const bodilessStatuses: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** The status that proxies log for a client that disconnected before it was answered; no client receives it. */
const clientClosedRequest = 499;

const utf8Encoder = new TextEncoder();

/**
 * Writes to the body of a web `Response`.
 *
 * The body is pulled: bytes that are written and not read are counted, above the mark the response is full, and reading
 * drains it. As on a socket, the end is delivered before the response is closed. A reader that cancels the body or
 * aborts its request closes it in the same turn.
 */
export class WebTransport implements Transport {
  readonly #signal: AbortSignal;
  readonly #answer: (response: Response) => void;
  #listener: TransportListener | undefined;
  #head: ResponseInit = {};
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isFull = false;
  #isEnded = false;
  #isClosed = false;

  /** @param answer called once with the response, when its head is known */
  constructor(signal: AbortSignal, answer: (response: Response) => void) {
    this.#signal = signal;
    this.#answer = answer;
    if (signal.aborted) this.#onAborted();
    else signal.addEventListener('abort', this.#onAborted);
  }

  open(status: number, headers: Readonly<Record<string, string>>): boolean {
    this.#head = { status, headers };
    return true;
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.#isEnded || this.#isClosed) return false;
    const body = this.#body ?? this.#openBody();
    enqueue(body, chunk);
    this.#isFull = (body.desiredSize ?? 0) <= 0;
    return !this.#isFull;
  }

  hasRoom(): boolean {
    return !this.#isFull;
  }

  end(chunk: Uint8Array | string = ''): void {
    if (this.#isEnded || this.#isClosed) return;
    this.#isEnded = true;
    if (this.#body !== undefined) {
      enqueue(this.#body, chunk);
      return this.#closeWhenRead(this.#body);
    }
    const isEmpty = chunk.length === 0 || bodilessStatuses.has(this.#head.status ?? 200);
    const body = typeof chunk === 'string' ? chunk : chunk.slice();
    this.#answer(new Response(isEmpty ? null : body, this.#head));
    this.#close();
  }

  /** Does nothing: the server of a web `Response` owns the connection. */
  closeAfterwards(): void {}

  abort(): void {
    if (this.#isClosed) return;
    // An EventSource reconnects after a stream that breaks, but after no status.
    (this.#body ?? this.#openBody({ status: 200, headers: { 'Content-Type': 'text/event-stream' } })).error(
      new DOMException('The response is cut', 'AbortError'),
    );
    this.#close();
  }

  listen(listener: TransportListener | undefined): boolean {
    this.#listener = listener;
    if (listener === undefined) this.#signal.removeEventListener('abort', this.#onAborted);
    return listener !== undefined && !this.#isClosed;
  }

  #openBody(head = this.#head): ReadableStreamDefaultController<Uint8Array> {
    let opened: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          opened = controller;
        },
        pull: (controller) => this.#onPull(controller),
        cancel: () => this.#close(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark }),
    );
    if (opened === undefined) throw new TypeError('a ReadableStream starts while it is constructed');
    this.#body = opened;
    this.#answer(new Response(body, head));
    return opened;
  }

  /** The body was read, and has room. */
  #onPull(body: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#isEnded) return this.#closeWhenRead(body);
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#listener?.onDrain();
  }

  /** Closes the body when everything is read: a closed stream does not notify its source of reads any more. */
  #closeWhenRead(body: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#isClosed || body.desiredSize !== highWaterMark) return;
    body.close();
    this.#close();
  }

  readonly #onAborted = (): void => {
    // Closed and not errored: the body is not read any further, and servers log a body that breaks.
    if (this.#body !== undefined) this.#body.close();
    else this.#answer(new Response(null, { status: clientClosedRequest }));
    this.#close();
  };

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#signal.removeEventListener('abort', this.#onAborted);
    this.#listener?.onClose();
  }
}

function enqueue(body: ReadableStreamDefaultController<Uint8Array>, chunk: Uint8Array | string): void {
  if (chunk.length > 0) body.enqueue(typeof chunk === 'string' ? utf8Encoder.encode(chunk) : chunk);
}
