import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Sends a number to each connected process every millisecond, and counts the processes. */
export class Upstream extends EventEmitter {
  readonly #server: Server;
  /** The processes that are connected now, and how many numbers each was sent. */
  readonly connected = new Map<string, number>();
  /** The most that were connected at once. */
  most = 0;
  /** All that were connected at any time. */
  readonly holders = new Set<string>();

  constructor() {
    super();
    this.#server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://upstream');
      const by = searchParams.get('by') ?? '';
      let number = Number(searchParams.get('after'));
      this.connected.set(by, 0);
      this.holders.add(by);
      this.most = Math.max(this.most, this.connected.size);
      const timer = setInterval(() => {
        response.write(`${++number}\n`);
        this.connected.set(by, (this.connected.get(by) ?? 0) + 1);
        this.emit('sent');
      }, 1);
      response.on('close', () => {
        clearInterval(timer);
        this.connected.delete(by);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Listens on a free port of 127.0.0.1. */
  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Resolves with the only process that is connected, beside these, when it was sent a few numbers. */
  async holder(...beside: readonly string[]): Promise<string> {
    for (;;) {
      await once(this, 'sent');
      const [[by, sent] = ['', 0], ...others] = [...this.connected].filter(([name]) => !beside.includes(name));
      if (others.length === 0 && sent >= 20) return by;
    }
  }
}
