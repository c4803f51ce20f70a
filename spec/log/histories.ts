import fc from 'fast-check';
import type { EncodedEvent } from '../../lib/event/encodeEvent.ts';
import type { LogEnd } from '../../lib/log/EventLog.ts';
import type { CheckedLog } from '../../lib/testing/logCases/CheckedLog.ts';
import { expectEqual, expectTrue } from '../../lib/testing/logCases/expectEqual.ts';
import { LogOpener, type OpenedLog } from '../../lib/testing/logCases/LogCase.ts';
import type { OpenLog } from '../../lib/testing/logSuite.ts';

/** One operation of a log; positions are thousandths of the tail, and a little beyond. */
type Step =
  | { readonly does: 'append'; readonly sizes: readonly number[]; readonly second: boolean; readonly key?: string }
  | { readonly does: 'append together'; readonly batches: readonly (readonly number[])[] }
  | { readonly does: 'read'; readonly from: number; readonly maxBytes: number; readonly second: boolean }
  | { readonly does: 'read next' | 'restart' }
  | { readonly does: 'end'; readonly how: LogEnd };

interface History {
  /** The least number of entries that the log retains. */
  readonly entries: number;
  readonly steps: readonly Step[];
}

const size = fc.oneof(
  { weight: 12, arbitrary: fc.nat(60) },
  { weight: 3, arbitrary: fc.nat(3000) },
  { weight: 1, arbitrary: fc.constant(70_000) },
);
const sizes = fc.array(size, { maxLength: 6 });
const maxBytes = fc.constantFrom(0, 1, 100, 1000, 65_536, Infinity);
const second = fc.boolean();
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: fc.record({ does: fc.constant('append' as const), sizes, second }) },
  {
    weight: 10,
    arbitrary: fc.record({ does: fc.constant('append' as const), sizes, second, key: fc.constantFrom('a', 'b', 'c') }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ does: fc.constant('append together' as const), batches: fc.array(sizes, { maxLength: 5 }) }),
  },
  { weight: 26, arbitrary: fc.record({ does: fc.constant('read' as const), from: fc.nat(1050), maxBytes, second }) },
  { weight: 26, arbitrary: fc.record({ does: fc.constant('read next' as const) }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('end' as const), how: fc.constantFrom<LogEnd>('completed', 'failed') }),
  },
);
const histories: fc.Arbitrary<History> = fc.record({
  entries: fc.integer({ min: 1, max: 40 }),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
});

/**
 * Runs random histories on a new log and on an array, and fails at the first answer in which they differ; the error has
 * the seed. Returns how many entries the logs trimmed, so that a spec can check that they did.
 */
export async function playHistories(open: OpenLog, numRuns: number): Promise<{ readonly trimmed: number }> {
  let trimmed = 0;
  const play = async ({ entries, steps }: History) => {
    const logs = new LogOpener(open, 4000);
    try {
      const model = new Model(await logs.open(entries), entries);
      for (const each of steps) await model.run(each);
      trimmed += await model.readAll();
    } finally {
      await logs.close();
    }
  };
  await fc.assert(fc.asyncProperty(histories, play), { numRuns, endOnFailure: false });
  return { trimmed };
}

/** A log, and the array that it is compared with. */
class Model {
  readonly #opened: OpenedLog;
  readonly #retained: number;
  readonly #entries: string[] = [];
  readonly #keys = new Map<string, number>();
  #first: CheckedLog;
  #second: CheckedLog | undefined;
  #ended: false | LogEnd = false;
  #floor = 0;
  /** The position of a reader that reads the next page from time to time. */
  #reader = 0;

  constructor(opened: OpenedLog, retained: number) {
    this.#opened = opened;
    this.#first = opened;
    this.#retained = retained;
  }

  async run(step: Step): Promise<void> {
    switch (step.does) {
      case 'append':
        return this.#append(await this.#probe(step.second), step.sizes, step.key);
      case 'append together':
        return this.#appendTogether(step.batches);
      case 'read':
        await this.#read(
          await this.#probe(step.second),
          Math.round((step.from * (this.#entries.length + 2)) / 1000),
          step.maxBytes,
        );
        return;
      case 'read next':
        this.#reader = await this.#read(this.#first, this.#reader, 1000);
        return;
      case 'end':
        this.#ended ||= step.how;
        return this.#end(step.how);
      case 'restart':
        if (this.#opened.reopened === undefined) return;
        this.#first = await this.#opened.reopened();
        this.#second = undefined;
    }
  }

  /** Reads every entry, in pages of some size, and returns how many were trimmed. */
  async readAll(): Promise<number> {
    for (let at = 0; at < this.#entries.length; ) at = await this.#read(this.#first, at, 700);
    return this.#floor;
  }

  async #read(probe: CheckedLog, after: number, maxBytes: number): Promise<number> {
    const { blocks, floor, tail, ended, ...page } = await probe.read(after, maxBytes);
    expectEqual(`entries after ${page.after}`, blocks.map(shown), this.#entries.slice(page.after, page.last));
    expectEqual('tail and end', [tail, ended], [this.#entries.length, this.#ended]);
    expectTrue(`the floor went back from ${this.#floor} to ${floor}`, floor >= this.#floor);
    expectTrue(`of ${tail} entries it retains ${tail - floor}`, floor === 0 || tail - floor >= this.#retained);
    this.#floor = floor;
    return page.last;
  }

  async #end(how: LogEnd): Promise<void> {
    const { tail, ended } = await this.#first.end(how);
    expectEqual('tail and end', [tail, ended], [this.#entries.length, this.#ended]);
  }

  async #append(probe: CheckedLog, sizes: readonly number[], key: string | undefined): Promise<void> {
    const known = key === undefined ? undefined : this.#keys.get(key);
    const drafts = this.#drafts(sizes, this.#entries.length);
    const options = key === undefined ? {} : { key };
    if (known !== undefined) {
      const appended = await probe.answer('append', probe.log.append(drafts, options));
      return expectEqual(`the sequence of the key ${key}`, appended.first, known);
    }
    if (this.#ended !== false) {
      return expectEqual(
        'the error of an append after the end',
        await probe.errorTagOf('append', probe.log.append(drafts, options)),
        'ClosedError',
      );
    }
    const { first } = await probe.append(drafts, options);
    expectEqual('the first sequence', first, this.#entries.length + 1);
    if (key !== undefined) this.#keys.set(key, first);
    this.#entries.push(...drafts.map(shown));
  }

  async #appendTogether(batches: readonly (readonly number[])[]): Promise<void> {
    if (this.#ended !== false) return;
    const writers = [await this.#probe(false), await this.#probe(true)];
    const calls = batches.flatMap((sizes, index) => {
      const writer = writers[index % 2];
      const drafts = this.#drafts(sizes, 1000 * index);
      return writer === undefined ? [] : [writer.append(drafts).then(({ first }) => ({ first, drafts }))];
    });
    // The log may choose the order of the batches; it must store each whole, and lose none.
    for (const { first, drafts } of (await Promise.all(calls)).sort(
      (a, b) => a.first - b.first || a.drafts.length - b.drafts.length,
    )) {
      expectEqual('the first sequence of a batch', first, this.#entries.length + 1);
      this.#entries.push(...drafts.map(shown));
    }
  }

  #drafts(sizes: readonly number[], from: number): readonly EncodedEvent[] {
    return sizes.map((length, index) => ({
      event: index % 2 === 0 ? 'made' : undefined,
      data: `${from + index}${index % 3 === 0 ? '\né' : ' '}`.padEnd(length, 'x世'),
      retry: index % 5 === 4 ? length : undefined,
    }));
  }

  async #probe(second: boolean): Promise<CheckedLog> {
    if (!second) return this.#first;
    this.#second ??= await this.#opened.second();
    return this.#second;
  }
}

function shown({ event, data, retry }: EncodedEvent): string {
  return JSON.stringify({ event, data, retry });
}
