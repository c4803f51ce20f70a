import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { ClosedError } from '../../lib/error/ClosedError.ts';
import type { EncodedEvent } from '../../lib/event/encodeEvent.ts';
import type { Appended, EventLog, Page } from '../../lib/log/EventLog.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { sample } from './sample.ts';

/** Returns what was answered synchronously. */
function now<T>(answer: { subscribe(next: (value: T) => void): unknown }): T {
  const answers: T[] = [];
  answer.subscribe((value) => answers.push(value));
  const [first] = answers;
  if (first === undefined) throw new Error('no answer yet');
  return first;
}

const read = (log: EventLog, after = 0, maxBytes = Infinity): Page => now(log.read(after, maxBytes));
const text = (page: Page) => new TextDecoder().decode(page.bytes);
const append = (log: EventLog, drafts: readonly EncodedEvent[], key?: string): Appended =>
  now(log.append(drafts, key === undefined ? {} : { key }));
const many = (count: number, data = '1') => Array.from({ length: count }, () => sample(data));

describe('memoryLog', () => {
  it('returns its entries as they are sent, with their cursors', () => {
    const log = memoryLog();
    append(log, [
      sample('{"a":1}', 'order.paid', 2500),
      { ...sample('one\ntwo'), event: undefined },
      sample('half \ud83d of a pair'),
    ]);
    const { epoch } = read(log);
    expect(text(read(log))).to.equal(
      `id: 1.${epoch}.1\nevent: order.paid\nretry: 2500\ndata: {"a":1}\n\n` +
        `id: 1.${epoch}.2\ndata: one\ndata: two\n\n` +
        `id: 1.${epoch}.3\nevent: tick\ndata: half \ufffd of a pair\n\n`,
    );
  });

  it('has inMemory set, so that a feed retains no copy', () => {
    expect(memoryLog().inMemory).to.equal(true);
  });

  it('wakes once for each append and once for the end, and not when nothing was added', () => {
    const log = memoryLog();
    let wakes = 0;
    log.wakes.subscribe(() => wakes++);
    append(log, many(3));
    append(log, []);
    append(log, many(1), 'a key');
    append(log, many(1), 'a key');
    now(log.end('completed'));
    now(log.end('completed'));
    expect(wakes).to.equal(3);
  });

  it('can be read and appended to from a wake-up', () => {
    const log = memoryLog();
    const tails: number[] = [];
    log.wakes.subscribe(() => {
      tails.push(read(log).tail);
      if (tails.length < 3) append(log, [sample(String(tails.length))]);
    });
    const { first, last } = append(log, [sample('0')]);
    expect([first, last]).to.deep.equal([1, 1]);
    expect(tails).to.deep.equal([1, 2, 3]);
    expect(text(read(log)).match(/data: \d/g)).to.deep.equal(['data: 0', 'data: 1', 'data: 2']);
  });

  it('appends nothing of a batch in which one draft is invalid', () => {
    const log = memoryLog();
    const drafts = [sample(), { ...sample(), data: undefined as unknown as string }];
    expect(() => log.append(drafts)).to.throw(TypeError);
    expect(read(log).tail).to.equal(0);
    expect(append(log, [sample()]).first).to.equal(1);
  });

  describe('with bounds', () => {
    it('retains at least maxEntries, and at most an eighth more', () => {
      const log = memoryLog({ maxEntries: 100 });
      append(log, many(100));
      expect(read(log).floor).to.equal(0);
      for (let tail = 101; tail <= 1000; tail++) {
        append(log, many(1));
        const { floor } = read(log);
        expect(tail - floor)
          .to.be.at.least(100)
          .and.at.most(112);
      }
    });

    it('retains at least maxBytes, and at most an eighth more', () => {
      const bytes = 64 * 1024;
      const log = memoryLog({ maxEntries: Infinity, maxBytes: bytes });
      for (let batch = 0; batch < 200; batch++) {
        append(log, many(5, 'x'.repeat(200)));
        const page = read(log);
        if (page.floor > 0)
          expect(page.bytes.length)
            .to.be.at.least(bytes)
            .and.at.most(bytes * 1.125);
        else expect(page.bytes.length).to.be.at.most(bytes * 1.125);
      }
      expect(read(log).floor).to.be.above(0);
    });

    it('retains the newest entry of any size until the next one', () => {
      const log = memoryLog({ maxBytes: 1000 });
      append(log, [sample('x'.repeat(5000))]);
      expect(read(log)).to.include({ floor: 0, tail: 1 });
      append(log, [sample('y')]);
      expect(read(log)).to.include({ floor: 0, tail: 2 });
      append(log, [sample('z'.repeat(900)), sample('z'.repeat(900))]);
      expect(read(log).floor).to.be.at.least(1);
    });

    it(
      'trims entries older than maxAge, at most an eighth later',
      marbles(({ flush }) => {
        const log = memoryLog({ maxAge: 1000 });
        const floors: (readonly [number, number])[] = [];
        // Entry n is appended at 10n ms.
        for (let sequence = 1; sequence <= 300; sequence++) {
          asyncScheduler.schedule(() => {
            append(log, [sample()]);
            floors.push([sequence, read(log).floor]);
          }, 10 * sequence);
        }
        flush();
        for (const [sequence, floor] of floors) {
          const oldest = 10 * (sequence - floor - 1);
          expect(oldest, `age of the oldest when ${sequence} came`).to.be.at.most(1125);
          if (floor > 0) expect(10 * (sequence - floor), 'age of the newest trimmed entry').to.be.above(1000);
        }
        expect(floors.at(-1)?.[1]).to.be.at.least(187);
      }),
    );

    it(
      'returns no entry older than maxAge when nothing is appended, and returns later entries',
      marbles(({ flush }) => {
        const log = memoryLog({ maxAge: 1000 });
        append(log, many(3));
        asyncScheduler.schedule(() => expect(read(log).floor).to.equal(0), 1000);
        asyncScheduler.schedule(() => {
          expect(read(log)).to.include({ floor: 3, tail: 3, after: 3, last: 3 });
          append(log, many(1));
          expect(read(log)).to.include({ floor: 3, tail: 4, after: 3, last: 4 });
        }, 1001);
        flush();
      }),
    );

    it('remembers the newest maxKeys keys', () => {
      const log = memoryLog({ maxKeys: 3 });
      for (const key of ['a', 'b', 'c', 'a']) append(log, many(1), key);
      expect(read(log).tail).to.equal(3);
      append(log, many(1), 'd');
      expect(['b', 'c', 'd'].map((key) => append(log, many(1), key).first)).to.deep.equal([2, 3, 4]);
      expect(append(log, many(1), 'a').first).to.equal(5);
      expect(append(log, many(1), 'b').first).to.equal(6);
    });

    it('remembers no key with maxKeys: 0', () => {
      const log = memoryLog({ maxKeys: 0 });
      expect(['a', 'a'].map((key) => append(log, many(1), key).first)).to.deep.equal([1, 2]);
    });

    it('throws a RangeError for a bound out of range', () => {
      const cases = [
        { maxEntries: 0 },
        { maxEntries: Number.NaN },
        { maxBytes: 0 },
        { maxAge: 0 },
        { maxAge: Number.NaN },
        { maxKeys: -1 },
      ];
      for (const options of cases) {
        expect(() => memoryLog(options)).to.throw(RangeError, `memoryLog: ${Object.keys(options)[0]} must be`);
      }
      expect(() =>
        memoryLog({ maxEntries: Infinity, maxBytes: Infinity, maxAge: Infinity, maxKeys: Infinity }),
      ).to.not.throw();
    });
  });

  it('rejects every read after it is closed', () => {
    const log = memoryLog();
    log.append([sample()]);
    log.close();
    expect(() => log.readNow?.(0, 100)).to.throw(ClosedError);
    let error: unknown;
    log.read(0, 100).subscribe({ error: (failure) => (error = failure) });
    expect(error).to.be.instanceOf(ClosedError);
  });

  it('accepts the least value of each bound', () => {
    for (const bound of [{ maxEntries: 1 }, { maxBytes: 1 }, { maxAge: 1e-9 }, { maxKeys: 0 }]) {
      expect(() => memoryLog(bound)).to.not.throw();
    }
    for (const bound of [{ maxEntries: 0.5 }, { maxBytes: 0.5 }, { maxAge: 0 }, { maxKeys: -0.5 }]) {
      expect(() => memoryLog(bound)).to.throw(RangeError, `memoryLog: ${Object.keys(bound)[0]} must be`);
    }
  });
});
