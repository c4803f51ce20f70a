import type { ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { start, stop } from './Child.ts';
import type { LoadReport, LoadSays, ReadyReport } from './load/LoadReport.ts';
import type { LoadProgram } from './load/program.ts';
import type { FromServer, Memory, Publication, Scenario, ToServer, Used } from './Scenario.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** No answer in so many ms is none. */
const patience = 90_000;

/** What one phase was: published, delivered, checked. */
export interface Phase {
  readonly load: LoadReport;
  readonly used: Used;
  /** From the first publication to the last arrival. */
  readonly seconds: number;
}

export interface Surroundings {
  readonly program: LoadProgram;
  readonly profile: boolean;
}

/** A server under test and its readers, each a process of its own. */
export class Session {
  readonly scenario: Scenario;
  readonly #profile: boolean;
  readonly #program: LoadProgram;
  readonly #server: ChildProcess;
  readonly #said: FromServer[] = [];
  readonly #loaded: LoadSays[] = [];
  #load: ChildProcess | undefined;
  #port = 0;
  #given = 0;
  #failure: Error | undefined;
  /** Who waits for word. */
  readonly #waiting = new Set<() => void>();

  constructor(scenario: Scenario, { program, profile }: Surroundings) {
    this.scenario = scenario;
    this.#profile = profile;
    this.#program = program;
    const given = ['--expose-gc', '--max-old-space-size=6144', join(here, 'server.js'), JSON.stringify(scenario)];
    this.#server = start('server', process.execPath, given, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#server.on('message', (message: FromServer) => {
      if (message.say === 'failed') this.#fail(`the server failed: ${message.why}`);
      this.#said.push(message);
      this.#tellWaiting();
    });
    this.#server.once('exit', () => this.#fail('the server ended'));
  }

  async open(): Promise<void> {
    this.#port = (await this.#hear('listening')).port;
  }

  /** Connects all readers, and waits until each has the head of its response and is subscribed. */
  async connect(more: readonly string[] = []): Promise<ReadyReport> {
    const { readers, feeds = 1, users = 1, stuck = 0, inflight = 64, latency = false, blocks = false } = this.scenario;
    const options = { port: this.#port, readers, feeds, users, stuck, inflight, latency: +latency, blocks: +blocks };
    const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { command, given: first } = this.#program;
    const load = start('load', command, [...first, ...given, ...more], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#load = load;
    load.once('exit', () => this.#fail('the load generator ended'));
    if (load.stdout === null) throw new Error('expected the output of the load generator');
    createInterface({ input: load.stdout }).on('line', (line) => {
      const says = JSON.parse(line) as LoadSays;
      if ('gone' in says) this.#fail(`a reader was cut off: ${says.trouble}`);
      this.#loaded.push(says);
      this.#tellWaiting();
    });
    const ready = await this.#loadSays('ready');
    if (ready.failed > 0) throw new Error(`${ready.failed} readers could not connect: ${ready.trouble}`);
    await this.#subscribed();
    return ready;
  }

  /** Publishes, and waits until every reader has had all of it, in order. */
  async publish(publication: Publication): Promise<Phase> {
    const { users = 1 } = this.scenario;
    this.#given += publication.events;
    this.#tellLoad(`expect ${Math.floor(this.#given / users)}`);
    await this.#loadSays('expecting');
    await this.watch();
    this.#tell({ ask: 'publish', publication });
    const load = await this.#loadSays('done');
    await this.#hear('published');
    const used = await this.used();
    if (load.errors > 0) throw new Error(`events were lost, repeated or out of order: ${load.trouble}`);
    return { load, used, seconds: (load.last - used.began) / 1e6 };
  }

  /** From here on the server counts what it uses. */
  async watch(): Promise<void> {
    this.#tell({ ask: 'watch', profile: this.#profile, turns: this.scenario.watch === true });
    await this.#hear('watching');
  }

  async used(): Promise<Used> {
    this.#tell({ ask: 'used' });
    return (await this.#hear('used')).used;
  }

  async memory(): Promise<Memory> {
    this.#tell({ ask: 'memory' });
    return (await this.#hear('memory')).memory;
  }

  /** What the readers expect that are given a history as they come. */
  async received(): Promise<LoadReport> {
    const report = await this.#loadSays('done');
    if (report.errors > 0) throw new Error(`events were lost, repeated or out of order: ${report.trouble}`);
    return report;
  }

  /** What has come since it was last asked. */
  async count(): Promise<LoadReport> {
    this.#tellLoad('count');
    return this.#loadSays('counted');
  }

  async close(): Promise<void> {
    this.#failure = new Error('closed');
    const children = [this.#load, this.#server].filter((child) => child !== undefined);
    await Promise.all(children.map(stop));
  }

  async #subscribed(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      this.#tell({ ask: 'readers' });
      if ((await this.#hear('readers')).count >= this.scenario.readers) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('not all readers were subscribed');
  }

  #tell(message: ToServer): void {
    if (this.#server.connected) this.#server.send(message);
  }

  #tellLoad(line: string): void {
    this.#load?.stdin?.write(`${line}\n`);
  }

  #hear<S extends FromServer['say']>(what: S): Promise<Extract<FromServer, { say: S }>> {
    return this.#next(this.#said, (said): said is Extract<FromServer, { say: S }> => said.say === what, what);
  }

  #loadSays<K extends 'ready' | 'expecting' | 'done' | 'counted'>(
    what: K,
  ): Promise<Extract<LoadSays, Record<K, true>>> {
    return this.#next(this.#loaded, (said): said is Extract<LoadSays, Record<K, true>> => what in said, what);
  }

  #next<T, U extends T>(said: T[], is: (one: T) => one is U, what: string): Promise<U> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.#fail(`no word of '${what}' within ${patience / 1000} s`), patience);
      const look = (): void => {
        const found = said.findIndex(is);
        if (found < 0 && this.#failure === undefined) return;
        clearTimeout(limit);
        this.#waiting.delete(look);
        const [one] = found < 0 ? [] : said.splice(found, 1);
        if (one !== undefined && is(one)) resolve(one);
        else reject(this.#failure ?? new Error('closed'));
      };
      this.#waiting.add(look);
      look();
    });
  }

  #fail(why: string): void {
    this.#failure ??= new Error(why);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const look of [...this.#waiting]) look();
  }
}
