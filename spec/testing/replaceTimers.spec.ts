import { promisify } from 'node:util';
import { expect } from 'chai';
import { asyncScheduler, Observable, timer } from 'rxjs';
import { sse } from '../../lib/adapter/node/sse.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { expectNoLeaks } from '../../lib/testing/expectNoLeaks.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { property } from '../../lib/testing/property.ts';
import { message } from '../../lib/wire/Frame.ts';
import { failureOf, lineAfterThis } from './failureOf.ts';

const ofProcess = () => {
  const { setTimeout, setInterval, clearTimeout, clearInterval, Date: date } = globalThis;
  return { setTimeout, setInterval, clearTimeout, clearInterval, date, now: date.now };
};

/** A common handler with timers of the process. */
const everySecond = (onLeave: (timer: NodeJS.Timeout) => void) =>
  new Observable<number>((subscriber) => {
    let n = 0;
    const every = setInterval(() => subscriber.next(++n), 1000);
    return () => onLeave(every);
  });

describe('the timers of the process', () => {
  it(
    'are virtual in a marble test',
    marbles(({ expectObservable, flush }) => {
      expectObservable(
        everySecond((every) => clearInterval(every)),
        '^ 2500ms !',
      ).toBe('1s a 999ms b', { a: 1, b: 2 });
      const seen: unknown[] = [];
      setTimeout((word: string) => seen.push(word, Date.now(), new Date().toJSON(), asyncScheduler.now()), 7, 'late');
      flush();
      expect(seen).to.deep.equal(['late', 7, '1970-01-01T00:00:00.007Z', 7]);
    }),
  );

  it(
    'run in one order with the timers of RxJS',
    marbles(({ flush }) => {
      const seen: string[] = [];
      setTimeout(() => seen.push('first'), 5);
      timer(5).subscribe(() => seen.push('every'));
      setTimeout(() => seen.push('last'), 5);
      flush();
      // RxJS waits by intervals, which come before timeouts.
      expect(seen).to.deep.equal(['every', 'first', 'last']);
    }),
  );

  it('fail a test that leaves a timer, with the line that started it', () => {
    let line = '';
    const { message: text } = failureOf(
      marbles(
        () => {
          line = lineAfterThis();
          setInterval(() => {}, 20);
        },
        { until: '50ms' },
      ),
    );
    expect(text).to.match(/^marbles: 1 timer is left at 50 ms, the next one due at 60 ms, which came of /);
    expect(text).to.contain(line);
  });

  it('fail expectNoLeaks unless they are cleared', () => {
    const { message: text } = failureOf(() => expectNoLeaks(sse(everySecond(() => {}))));
    expect(text).to.match(/socket 'X': marbles: 1 timer is left at 120000 ms.*replaceTimers\.spec/);
    expectNoLeaks(sse(everySecond((every) => clearInterval(every))));
  });

  it('run in virtual time in a property', () => {
    const made = () =>
      sse(
        { resume: 'own-ids' },
        () =>
          new Observable<ReturnType<typeof message>>((subscriber) => {
            let n = 0;
            const every = setInterval(
              () => subscriber.next(message({ id: `1.e.${++n % 50 === 0 ? 7 : n}`, data: 1 })),
              100,
            );
            return () => clearInterval(every);
          }),
      );
    expect(failureOf(property(made, { script: '' })).message).to.match(
      /^property: 7 was received again, after 49 at 5000 ms/,
    );
  });

  it('are restored after a failed test as well', () => {
    const before = ofProcess();
    marbles(() => expect(ofProcess()).not.to.deep.equal(before))();
    const throwing = () => {
      setTimeout(() => {}, 5);
      throw new Error('mine');
    };
    failureOf(marbles(throwing));
    expect(ofProcess()).to.deep.equal(before);
    failureOf(() => expectNoLeaks(throwing));
    expect(ofProcess()).to.deep.equal(before);
    failureOf(property(throwing, { runs: 1 }));
    expect(ofProcess()).to.deep.equal(before);
  });

  it(
    'behave as in Node: promisify, every form of Date, and a callback that is not a function',
    asyncMarbles(async () => {
      expect(await promisify(setTimeout)(5, 'value')).to.equal('value');
      expect([Date.now(), new Date().toISOString()]).to.deep.equal([5, '1970-01-01T00:00:00.005Z']);
      expect(new Date('2020-01-02').toISOString()).to.equal('2020-01-02T00:00:00.000Z');
      expect(new Date()).to.be.instanceOf(Date).and.to.deep.equal(new Date(5));
      expect(Date()).to.equal(new Date(5).toString());
      expect(() => setTimeout('code' as never, 5)).to.throw(TypeError, 'callback must be a function, got string');
    }),
  );
});
