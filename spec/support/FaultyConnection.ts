import { connect, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';

/** A fault in one direction of a connection. */
export interface Fault {
  /**
   * The connection is `cut` (closed, as when a server exits) or `reset`; or it goes
   * dead: no byte passes any more in either direction, and neither side is notified.
   * Bytes sent into a `lost` connection are read and dropped; a `deaf` one is not
   * read, until the kernel's buffer is full.
   *
   * @default nothing
   */
  readonly how?: 'cut' | 'reset' | 'lost' | 'deaf';
  /** The number of bytes that pass before the fault. @default 0 */
  readonly after?: number;
  /** The milliseconds until both ends of a dead connection are reset. @default when the spec breaks it */
  readonly noticed?: number;
  /** One byte in each turn of the event loop, or each chunk so many milliseconds later. @default at once */
  readonly pace?: 'drip' | number;
}

/** The faults of one connection, by direction. */
export interface Faults {
  readonly request?: Fault;
  readonly answer?: Fault;
}

/** One connection through the proxy, with its two sockets. */
export class FaultyConnection {
  /** Resolves when both sockets have closed. */
  readonly over: Promise<unknown>;
  readonly #client: Socket;
  readonly #server: Socket;
  #state: 'passing' | 'lost' | 'deaf' = 'passing';
  #noticed: NodeJS.Timeout | undefined;

  constructor(client: Socket, port: number, { request = {}, answer = {} }: Faults) {
    // Each direction ends separately, as in TCP.
    const server = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    this.#client = client;
    this.#server = server;
    this.over = Promise.all([client, server].map((end) => new Promise((resolve) => end.once('close', resolve))));
    for (const end of [client, server]) end.setNoDelay(true).on('error', () => {});
    void this.#forward(client, server, request);
    void this.#forward(server, client, answer);
  }

  reset(): void {
    clearTimeout(this.#noticed);
    reset(this.#client);
    reset(this.#server);
  }

  /** Forwards the bytes of one direction. Settles when it has ended. */
  async #forward(from: Socket, to: Socket, fault: Fault): Promise<void> {
    const { how, after = 0, pace } = fault;
    let left = how === undefined ? Infinity : after;
    try {
      if (left === 0) this.#applyFault(fault);
      for await (const bytes of from.iterator({ destroyOnReturn: false })) {
        if (typeof pace === 'number') await wait(pace);
        for (const piece of piecesOf(bytes.subarray(0, left), pace)) {
          if (pace === 'drip') await turn();
          if (this.#state === 'passing') await write(to, piece);
        }
        left -= bytes.length;
        if (left <= 0) this.#applyFault(fault);
        if (this.#state === 'deaf') await this.over;
      }
      if (this.#state === 'passing') to.end();
    } catch {
      // This end was reset, so that the other end is reset as well.
      if (this.#state === 'passing') reset(to);
    }
  }

  #applyFault({ how, noticed }: Fault): void {
    if (this.#state !== 'passing') return;
    if (how === 'cut') {
      // The forwarded bytes arrive, and then the end.
      this.#client.destroySoon();
      this.#server.destroySoon();
    } else if (how === 'reset') this.reset();
    else if (how !== undefined) {
      this.#state = how;
      if (noticed !== undefined) this.#noticed = setTimeout(() => this.reset(), noticed);
    }
  }
}

/** Resets at once: Node's `resetAndDestroy` sends the end first, and the other side then receives only that. */
function reset(end: Socket): void {
  // A socket that is being opened or closed cannot be reset, and its handle would stay open.
  if (!end.connecting && !end.writableEnded) Reflect.set(end, 'resetAndClosing', true);
  end.destroy();
}

function piecesOf(bytes: Buffer, pace: Fault['pace']): readonly Uint8Array[] {
  return pace === 'drip' ? Array.from(bytes, (byte) => Uint8Array.of(byte)) : [bytes];
}

/** Writes, and waits while the socket is full. */
async function write(to: Socket, bytes: Uint8Array): Promise<void> {
  if (to.destroyed || to.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      to.off('drain', done).off('close', done);
      resolve();
    };
    to.on('drain', done).on('close', done);
  });
}
