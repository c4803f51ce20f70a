import type { ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { start, stop } from './Child.ts';
import type { LoadMessage, LoadReport, ReadyReport } from './load/LoadReport.ts';
import { type LoadProgram, loadProgram } from './load/program.ts';
import type { FromServer, Memory, Publication, Scenario, ToServer, Used } from './Scenario.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** The longest wait for a message, in ms. */
const answerTimeout = 90_000;

/** The outcome of one phase, in which events were published, delivered and checked. */
export interface Phase {
  readonly load: LoadReport;
  readonly used: Used;
  /** The time from the first publication to the last arrival. */
  readonly seconds: number;
}

export interface SessionOptions {
  readonly program: LoadProgram;
  readonly profile: boolean;
}

/** A server under test and its readers, each in a process of its own. */
export class Session {
  readonly scenario: Scenario;
  readonly #profile: boolean;
  readonly #program: LoadProgram;
  readonly #server: ChildProcess;
  readonly #messages: FromServer[] = [];
  readonly #reports: LoadMessage[] = [];
  #load: ChildProcess | undefined;
  #port = 0;
  #published = 0;
  #failure: Error | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(scenario: Scenario, { program, profile }: SessionOptions, serverProgram = join(here, 'server.js')) {
    this.scenario = scenario;
    this.#profile = profile;
    this.#program = program;
    const args = ['--expose-gc', '--max-old-space-size=6144', serverProgram, JSON.stringify(scenario)];
    this.#server = start('server', process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#server.on('message', (message: FromServer) => {
      if (message.say === 'failed') this.#fail(`the server failed: ${message.why}`);
      this.#messages.push(message);
      this.#notifyWaiting();
    });
    this.#server.once('exit', () => this.#fail('the server ended'));
  }

  async open(): Promise<void> {
    this.#port = (await this.#receive('listening')).port;
  }

  /** Connects all readers, and resolves when each has the head of its response and is subscribed. */
  async connect(more: readonly string[] = []): Promise<ReadyReport> {
    const {
      readers,
      feeds = 1,
      users = 1,
      stuck = 0,
      inflight = 64,
      latency = false,
      blocks = false,
      gzip = false,
    } = this.scenario;
    const flags = { latency: +latency, blocks: +blocks, gzip: +gzip };
    const options = { port: this.#port, readers, feeds, users, stuck, inflight, ...flags };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { command, args: first } = gzip && !this.#program.decodesGzip ? loadProgram('Node') : this.#program;
    const load = start('load', command, [...first, ...args, ...more], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#load = load;
    load.once('exit', () => this.#fail('the load generator ended'));
    if (load.stdout === null) throw new Error('expected the output of the load generator');
    createInterface({ input: load.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as LoadMessage;
      if ('lost' in message) this.#fail(`a reader was cut off: ${message.trouble}`);
      this.#reports.push(message);
      this.#notifyWaiting();
    });
    const ready = await this.#receiveReport('ready');
    if (ready.failed > 0) throw new Error(`${ready.failed} readers could not connect: ${ready.trouble}`);
    await this.#subscribed();
    return ready;
  }

  /** Publishes, and resolves when every reader has received all of it, in order. */
  async publish(publication: Publication): Promise<Phase> {
    const { users = 1 } = this.scenario;
    this.#published += publication.events;
    this.#sendToLoad(`expect ${Math.floor(this.#published / users)}`);
    await this.#receiveReport('expecting');
    await this.watch();
    this.#send({ ask: 'publish', publication });
    const load = await this.#receiveReport('done');
    await this.#receive('published');
    const used = await this.used();
    if (load.errors > 0) throw new Error(`events were lost, repeated or out of order: ${load.trouble}`);
    return { load, used, seconds: (load.last - used.began) / 1e6 };
  }

  /** Starts counting what the server uses. */
  async watch(): Promise<void> {
    this.#send({ ask: 'watch', profile: this.#profile, turns: this.scenario.watch === true });
    await this.#receive('watching');
  }

  async used(): Promise<Used> {
    this.#send({ ask: 'used' });
    return (await this.#receive('used')).used;
  }

  async memory(): Promise<Memory> {
    this.#send({ ask: 'memory' });
    return (await this.#receive('memory')).memory;
  }

  /** Resolves when the readers have received the history that they expect. */
  async received(): Promise<LoadReport> {
    const report = await this.#receiveReport('done');
    if (report.errors > 0) throw new Error(`events were lost, repeated or out of order: ${report.trouble}`);
    return report;
  }

  /** Returns what was received since the last call, and resets the counters. */
  async count(): Promise<LoadReport> {
    this.#sendToLoad('count');
    return this.#receiveReport('counted');
  }

  async close(): Promise<void> {
    this.#failure = new Error('closed');
    const children = [this.#load, this.#server].filter((child) => child !== undefined);
    await Promise.all(children.map(stop));
  }

  async #subscribed(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      this.#send({ ask: 'readers' });
      if ((await this.#receive('readers')).count >= this.scenario.readers) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('not all readers were subscribed');
  }

  #send(message: ToServer): void {
    if (this.#server.connected) this.#server.send(message);
  }

  #sendToLoad(line: string): void {
    this.#load?.stdin?.write(`${line}\n`);
  }

  #receive<S extends FromServer['say']>(what: S): Promise<Extract<FromServer, { say: S }>> {
    return this.#next(
      this.#messages,
      (message): message is Extract<FromServer, { say: S }> => message.say === what,
      what,
    );
  }

  #receiveReport<K extends 'ready' | 'expecting' | 'done' | 'counted'>(
    what: K,
  ): Promise<Extract<LoadMessage, Record<K, true>>> {
    return this.#next(
      this.#reports,
      (message): message is Extract<LoadMessage, Record<K, true>> => what in message,
      what,
    );
  }

  #next<T, U extends T>(queue: T[], is: (one: T) => one is U, what: string): Promise<U> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => this.#fail(`no '${what}' was received within ${answerTimeout / 1000} s`),
        answerTimeout,
      );
      const look = (): void => {
        const found = queue.findIndex(is);
        if (found < 0 && this.#failure === undefined) return;
        clearTimeout(limit);
        this.#waiting.delete(look);
        const [one] = found < 0 ? [] : queue.splice(found, 1);
        if (one !== undefined && is(one)) resolve(one);
        else reject(this.#failure ?? new Error('closed'));
      };
      this.#waiting.add(look);
      look();
    });
  }

  #fail(why: string): void {
    this.#failure ??= new Error(why);
    this.#notifyWaiting();
  }

  #notifyWaiting(): void {
    for (const look of [...this.#waiting]) look();
  }
}
