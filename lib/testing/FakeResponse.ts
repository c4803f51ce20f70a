import { EventEmitter } from 'node:events';
import type { NodeResponse } from '../adapter/node/NodeResponse.ts';

/** Bytes that reached the reader at once. */
export interface Write {
  /** Virtual milliseconds. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The clock of a fake response, and the callbacks that it notifies. */
export interface FakeResponseHost {
  now(): number;
  /** Runs the work in a later step of the same virtual moment. */
  later(work: () => void): void;
  /** Fails the test for a call that Node would ignore, or that would end the process. */
  onMistake(what: string): void;
  onWrite(write: Write): void;
  /** Called when the connection has closed, by either side. */
  onClose(): void;
}

/**
 * A server's response in virtual time, equal to Node's where a sink can observe it: corked bytes are sent together, the
 * head is sent with the first of them, `close` is emitted in a later step, and an ended response closes only when its
 * socket drains.
 *
 * A full socket accepts what is written, as Node's does, and counts it. Writing to a closed response fails the test,
 * where Node ignores it or emits an error that ends the process.
 *
 * @example Prove that a route removes its listeners
 * it('removes its listeners', marbles(({ reader, flush }) => {
 *   const r = reader(sse(NEVER), { socket: '5ms X' });
 *   flush();
 *   expect(r.response.listenerCount('close')).to.equal(0);
 * }));
 */
export class FakeResponse extends EventEmitter implements NodeResponse {
  /** The head, once it was sent. */
  head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined;
  /** The bytes that were written while the socket was full. */
  overrun = 0;
  endedAt: number | undefined;
  /** When the server cut the connection, and with which error. */
  cut: { readonly at: number; readonly error: Error | undefined } | undefined;
  /** When the client disconnected, or its socket broke. */
  leftAt: number | undefined;
  destroyed = false;
  readonly #host: FakeResponseHost;
  readonly #bodiless: boolean;
  #head: FakeResponse['head'];
  #corks = 0;
  readonly #headers: Record<string, string> = {};
  #corked: Uint8Array[] = [];
  #full = false;
  #closed = false;

  constructor(method: string, host: FakeResponseHost) {
    super();
    this.#bodiless = method === 'HEAD';
    this.#host = host;
  }

  get headersSent(): boolean {
    return this.#head !== undefined;
  }

  get writableEnded(): boolean {
    return this.endedAt !== undefined;
  }

  get writableNeedDrain(): boolean {
    return this.#full && !this.writableEnded && !this.destroyed;
  }

  getHeader(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  setHeader(name: string, value: string): this {
    if (this.#head !== undefined) throw new Error('ERR_HTTP_HEADERS_SENT: setHeader was called after the head');
    this.#headers[name.toLowerCase()] = value;
    return this;
  }

  writeHead(status: number, headers: Readonly<Record<string, string>> = {}): this {
    if (this.#head !== undefined) throw new Error('ERR_HTTP_HEADERS_SENT: writeHead was called before');
    const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    this.#head = { status, headers: { ...this.#headers, ...Object.fromEntries(lowered) } };
    return this;
  }

  cork(): void {
    this.#corks++;
  }

  uncork(): void {
    if (this.#corks > 0) this.#corks--;
    if (this.#corks === 0) this.#send();
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.destroyed || this.writableEnded) {
      this.#host.onMistake(`${Buffer.byteLength(chunk)} bytes were written at ${this.#host.now()} ms, ${this.#over()}`);
      return false;
    }
    if (this.#head === undefined) this.writeHead(200);
    if (!this.#hasBody) return true;
    // The bytes are not copied before they are sent: Node does not copy them either, and a route that reuses its bytes
    // too early should fail.
    this.#corked.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    if (this.#corks === 0) this.#send();
    return !this.#full;
  }

  end(chunk?: Uint8Array | string): this {
    if (chunk !== undefined) this.write(chunk);
    if (this.destroyed || this.writableEnded) return this;
    if (this.#head === undefined) this.writeHead(200);
    this.#send();
    this.head = this.#head;
    this.endedAt = this.#host.now();
    if (!this.#full) this.#closeLater();
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    if (!this.writableEnded) this.cut = { at: this.#host.now(), error };
    this.#closeLater();
    return this;
  }

  /** Makes the socket full. */
  fill(): void {
    this.#full = true;
  }

  /** Drains the socket. */
  drain(): void {
    const needed = this.writableNeedDrain;
    this.#full = false;
    if (needed) this.emit('drain');
    if (this.writableEnded) this.#closeLater();
  }

  /** Disconnects the client; with an error, breaks its socket. */
  disconnect(error?: Error): void {
    if (this.#closed) return;
    // A response that has ended, or was cut, closes in its own way.
    if (!this.writableEnded && !this.destroyed) this.leftAt = this.#host.now();
    this.destroyed = true;
    if (error !== undefined) {
      if (this.listenerCount('error') > 0) this.emit('error', error);
      else
        this.#host.onMistake("the socket broke and no listener for 'error' was registered, which ends a Node process");
    }
    this.#close();
  }

  get #hasBody(): boolean {
    const status = this.#head?.status;
    return !this.#bodiless && status !== 204 && status !== 304;
  }

  #send(): void {
    const bytes = Buffer.concat(this.#corked);
    this.#corked = [];
    if (bytes.length === 0 || this.destroyed) return;
    this.head = this.#head;
    if (this.#full) this.overrun += bytes.length;
    this.#host.onWrite({ at: this.#host.now(), bytes });
  }

  #closeLater(): void {
    this.#host.later(() => this.#close());
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.destroyed = true;
    this.emit('close');
    this.#host.onClose();
  }

  #over(): string {
    if (this.endedAt !== undefined) return `after the response had ended at ${this.endedAt} ms`;
    return this.cut
      ? `after it was cut at ${this.cut.at} ms`
      : `after the client had disconnected at ${this.leftAt} ms`;
  }
}
