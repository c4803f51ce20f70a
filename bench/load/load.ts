import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { LoadMessage, LoadReport } from './LoadReport.ts';
import { Response } from './Response.ts';

/** Does the same as load.c on machines without a C compiler. It is slower: see the row `load`. */
const { values: options } = parseArgs({
  options: Object.fromEntries(
    [
      'port',
      'path',
      'last',
      'readers',
      'feeds',
      'users',
      'stuck',
      'inflight',
      'latency',
      'blocks',
      'gzip',
      'expect',
    ].map((name) => [name, { type: 'string' as const }]),
  ),
});
const number = (name: string, defaultValue: number): number => Number(options[name] ?? defaultValue);
const [count, feeds, users, stuck] = [number('readers', 1), number('feeds', 1), number('users', 1), number('stuck', 0)];
const inflight = number('inflight', 64);
const withLatency = number('latency', 0) === 1;
const withBlocks = number('blocks', 0) === 1;
const withGzip = number('gzip', 0) === 1;

let expected = number('expect', 0);
let [opened, started, failed, waiting, reached] = [0, 0, 0, 0, 0];
let [received, errors, lost, first, last, bytes, blocks] = [0, 0, 0, 0, 0, 0, 0];
let trouble = '';
let delays: number[] = [];
let busyAt = process.cpuUsage();
const startTime = micros();
const readers: Reader[] = [];

class Reader {
  readonly index: number;
  readonly isStuck: boolean;
  readonly #socket: Socket;
  readonly #response: Response;
  #next: number;
  got = 0;
  #isClosed = false;

  constructor(index: number) {
    this.index = index;
    this.isStuck = index < stuck;
    this.#next = users > 1 ? index % users || users : 1;
    this.#socket = connect({ port: number('port', 0), host: '127.0.0.1', noDelay: true });
    this.#response = new Response({
      onHead: () => this.#start(),
      onMark: (mark, time) => this.#receive(mark, time),
      onBlock: () => {
        blocks++;
      },
      blocks: withBlocks,
      gzip: withGzip,
    });
    this.#socket.on('connect', () => this.#request());
    this.#socket.on('data', (chunk) => {
      if (this.#response.isBody) bytes += chunk.length;
      const why = this.#response.take(chunk);
      if (why !== undefined) this.#fail(why);
    });
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => this.#fail('the connection ended'));
  }

  #request(): void {
    const { index } = this;
    const from = options.last === undefined ? '' : `Last-Event-ID: ${options.last}\r\n`;
    const accepted = withGzip ? 'Accept-Encoding: gzip\r\n' : '';
    const url = `${options.path ?? '/events'}?feed=${index % feeds}&user=${index % users}`;
    this.#socket.write(`GET ${url} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n${accepted}${from}\r\n`);
  }

  #start(): void {
    started++;
    waiting--;
    if (this.isStuck) this.#socket.pause();
    dial();
    beReady();
  }

  #receive(mark: number, time: number): void {
    if (mark !== this.#next && errors++ === 0) {
      trouble = `reader ${this.index}: got ${mark}, expected ${this.#next}`;
    }
    this.#next = mark + users;
    this.got++;
    received++;
    const now = micros();
    if (first === 0) first = now;
    if (withLatency) delays.push(now - time);
    if (this.got === expected && ++reached >= count - stuck) finish(now);
  }

  #fail(why: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (trouble === '') trouble = `reader ${this.index}: ${why}`;
    this.#socket.destroy();
    if (this.#response.isBody) {
      if (lost++ === 0) say({ lost: true, ...report() });
      return;
    }
    failed++;
    waiting--;
    dial();
    beReady();
  }
}

function dial(): void {
  while (opened < count && waiting < inflight) {
    waiting++;
    readers.push(new Reader(opened++));
  }
}

function beReady(): void {
  if (started + failed < count) return;
  say({ ready: true, readers: started, failed, micros: micros() - startTime, busy: busy(), trouble });
}

function finish(now: number): void {
  last = now;
  say({ done: true, ...report() });
}

function report(): LoadReport {
  const sorted = Float64Array.from(delays).sort();
  const quantile = (q: number): number => (sorted[Math.floor(q * (sorted.length - 1))] ?? 0) / 1000;
  const times = { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) };
  return { deliveries: received, errors, closed: lost, first, last, bytes, blocks, busy: busy(), ...times, trouble };
}

function reset(): void {
  [received, first, last, bytes, blocks] = [0, 0, 0, 0, 0];
  delays = [];
  busyAt = process.cpuUsage();
}

function busy(): number {
  const { user, system } = process.cpuUsage(busyAt);
  return user + system;
}

function micros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function say(what: LoadMessage): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

function onCommand(line: string): void {
  const [what, value] = line.split(' ');
  if (what === 'count') {
    say({ counted: true, ...report() });
    reset();
  }
  if (what !== 'expect') return;
  reset();
  expected = Number(value);
  reached = readers.filter(({ isStuck, got }) => !isStuck && got >= expected).length;
  say({ expecting: true });
  if (reached >= count - stuck) finish(micros());
}

createInterface({ input: process.stdin })
  .on('line', onCommand)
  .on('close', () => process.exit());
dial();
