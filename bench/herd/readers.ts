import { connect } from 'node:net';
import { FrameParser } from 'rxsse/wire';
import { Response } from '../load/Response.ts';
import type { HerdReaders, HerdReceived, HerdRequest } from './messages.ts';

/** Many readers that reconnect as an EventSource does: after the time of `retry:`, with the last id. */
const { port, readers: count }: HerdReaders = JSON.parse(process.argv[2] ?? '');
process.on('disconnect', () => process.exit());

/** The most attempts of one reader, so that no herd runs without end. */
const maxAttempts = 50;
/** How many readers connect at the same time at first. */
const inflight = 64;

let [started, connections, refused, expected, done, half] = [0, 0, 0, 0, 0, 0];
let reached: ((all: number) => void) | undefined;
let opened: (() => void) | undefined;

class Reader {
  #lastEventId = '';
  #retry = 3000;
  #attempts = 0;
  #isStarted = false;
  number = 0;

  connect(): void {
    if (++this.#attempts > maxAttempts) throw new Error(`a reader was not served in ${maxAttempts} attempts`);
    const parser = new FrameParser({
      lastEventId: this.#lastEventId,
      onPosition: (id) => {
        this.#lastEventId = id;
      },
      onRetry: ({ ms }) => {
        this.#retry = ms;
      },
      onMessage: ({ event, data }) => {
        if (event === 'rxsse.gap') throw new Error(`a reader got a gap: ${data}`);
        if (event === 'tick') this.#receive(Number(/#(\d+)@/.exec(data)?.[1]));
      },
    });
    const response = new Response({
      onHead: () => this.#start(),
      onMark: () => {},
      onBody: (bytes) => parser.push(bytes),
      onBlock: () => {},
      blocks: false,
      gzip: false,
    });
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('connect', () => {
      connections++;
      const last = this.#lastEventId === '' ? '' : `Last-Event-ID: ${this.#lastEventId}\r\n`;
      socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n${last}\r\n`);
    });
    socket.on('data', (bytes) => {
      if (response.take(bytes) !== undefined) socket.destroy();
    });
    socket.on('error', () => {
      refused++;
    });
    socket.on('close', () => setTimeout(() => this.connect(), this.#retry));
  }

  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    started++;
    opened?.();
  }

  #receive(number: number): void {
    if (number !== this.number + 1) throw new Error(`a reader got event ${number}, expected ${this.number + 1}`);
    this.number = number;
    if (number !== expected) return;
    const now = Number(process.hrtime.bigint() / 1000n);
    if (++done === Math.ceil(count / 2)) half = now;
    if (done === count) reached?.(now);
  }
}

const readers = Array.from({ length: count }, () => new Reader());
await new Promise<void>((resolve) => {
  let next = 0;
  opened = () => {
    while (next < count && next - started < inflight) readers[next++]?.connect();
    if (started === count) resolve();
  };
  opened();
});
process.on('message', async (request: HerdRequest) => {
  if (request.ask === 'expect') process.send?.(await receive(request.number));
});
process.send?.({});

/** Resolves when every reader has all events up to a number, exactly once and in order. */
function receive(number: number): Promise<HerdReceived> {
  expected = number;
  done = readers.filter((reader) => reader.number >= number).length;
  half = Number(process.hrtime.bigint() / 1000n);
  return new Promise((resolve) => {
    reached = (all) => {
      const { user, system } = process.cpuUsage();
      resolve({ half, all, connections, refused, busy: user + system });
    };
    if (done === count) reached(Number(process.hrtime.bigint() / 1000n));
  });
}
