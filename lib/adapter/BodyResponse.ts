import type { SseResponse } from '../sink/exchange.ts';

/** What may wait to be read before the sink is told that it is too much, in bytes: as in a stream of Node. */
const highWaterMark = 16 * 1024;

/** A `Response` with one of these takes no body. */
const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** What proxies write down for a client that went before it was answered; nobody reads it. */
const clientHasGone = 499;

const utf8 = new TextEncoder();

type Told = Parameters<SseResponse['on']>[0];
type Listener = Parameters<SseResponse['on']>[1];

/**
 * What a sink writes to, over the body of a web `Response`.
 *
 * The body is pulled: what was written and not read counts in bytes, above the
 * mark `write` says false, and reading brings `drain`. As on a socket, the end
 * is delivered before `close` is told. A reader that cancels the body or aborts
 * its request is told as `close` in the same turn.
 */
export class BodyResponse implements SseResponse {
  headersSent = false;
  writableNeedDrain = false;
  writableEnded = false;
  destroyed = false;
  readonly #signal: AbortSignal;
  readonly #answer: (response: Response) => void;
  #head: ResponseInit = {};
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;
  #listeners: { readonly to: Told; readonly listener: Listener }[] = [];

  /** @param answer is given the response, once, when its head is known */
  constructor(signal: AbortSignal, answer: (response: Response) => void) {
    this.#signal = signal;
    this.#answer = answer;
    if (signal.aborted) this.#left();
    else signal.addEventListener('abort', this.#left);
  }

  writeHead(status: number, headers: Record<string, string>): void {
    this.headersSent = true;
    this.#head = { status, headers };
  }

  // There is nothing to gather: each write is one chunk, and no chunk is a call of the kernel.
  cork(): void {}
  uncork(): void {}

  write(chunk: Uint8Array | string): boolean {
    if (this.writableEnded || this.destroyed) return false;
    const body = this.#body ?? this.#open();
    enqueue(body, chunk);
    this.writableNeedDrain = (body.desiredSize ?? 0) <= 0;
    return !this.writableNeedDrain;
  }

  end(chunk: Uint8Array | string = ''): void {
    if (this.writableEnded || this.destroyed) return;
    this.writableEnded = true;
    if (this.#body !== undefined) {
      enqueue(this.#body, chunk);
      return this.#finish(this.#body);
    }
    const isEmpty = chunk.length === 0 || bodiless.has(this.#head.status ?? 200);
    const body = typeof chunk === 'string' ? chunk : chunk.slice();
    this.#answer(new Response(isEmpty ? null : body, this.#head));
    this.#close();
  }

  /** Breaks the body off, so that whoever reads it sees no end. */
  destroy(): void {
    if (this.destroyed) return;
    // A stream that breaks is what an EventSource comes back from; it does not from any status.
    (this.#body ?? this.#open({ status: 200, headers: { 'Content-Type': 'text/event-stream' } })).error(
      new DOMException('The response is cut', 'AbortError'),
    );
    this.#close();
  }

  /** Lets go of it: somebody else answers. */
  abandon(): void {
    this.#signal.removeEventListener('abort', this.#left);
  }

  on(to: Told, listener: Listener): void {
    this.#listeners.push({ to, listener });
  }

  removeListener(to: Told, listener: Listener): void {
    this.#listeners = this.#listeners.filter((heard) => heard.to !== to || heard.listener !== listener);
  }

  #open(head = this.#head): ReadableStreamDefaultController<Uint8Array> {
    let opened: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          opened = controller;
        },
        pull: (controller) => this.#pulled(controller),
        cancel: () => this.#close(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark }),
    );
    if (opened === undefined) throw new TypeError('a ReadableStream starts while it is made');
    this.#body = opened;
    this.#answer(new Response(body, head));
    return opened;
  }

  /** Somebody reads, and there is room. */
  #pulled(body: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.writableEnded) return this.#finish(body);
    if (!this.writableNeedDrain) return;
    this.writableNeedDrain = false;
    this.#tell('drain');
  }

  /** A closed stream tells its source no more, so it is closed when all was read. */
  #finish(body: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.destroyed || body.desiredSize !== highWaterMark) return;
    body.close();
    this.#close();
  }

  readonly #left = (): void => {
    // Not broken off: nobody reads on, and servers log a body that breaks.
    if (this.#body !== undefined) this.#body.close();
    else this.#answer(new Response(null, { status: clientHasGone }));
    this.#close();
  };

  #close(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#signal.removeEventListener('abort', this.#left);
    this.#tell('close');
  }

  #tell(what: Told): void {
    for (const { to, listener } of [...this.#listeners]) if (to === what) listener();
  }
}

function enqueue(body: ReadableStreamDefaultController<Uint8Array>, chunk: Uint8Array | string): void {
  if (chunk.length > 0) body.enqueue(typeof chunk === 'string' ? utf8.encode(chunk) : chunk);
}
