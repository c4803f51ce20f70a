import { expect } from 'chai';
import * as t from 'io-ts';
import { asyncScheduler, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { Producer } from '../../lib/feed/Producer.ts';
import { events, memoryLog } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;

/** A producer, and what happens to its source and to who hears of it. */
type ProducerOptions = ConstructorParameters<typeof Producer>[0];

function producer(options: Partial<ProducerOptions> = {}) {
  const happened: string[] = [];
  const source = options.source ?? NEVER;
  const made = new Producer({
    contract: Ticks,
    log: memoryLog(),
    restart: false,
    linger: 10,
    maxEventBytes: 1000,
    onInvalidEvent: 'drop',
    endsWith: undefined,
    onError: (error) => happened.push(String(error)),
    onStop: () => happened.push('stopped'),
    ...options,
    source:
      typeof source === 'function'
        ? source
        : new Observable((subscriber) => {
            happened.push('subscribed');
            subscriber.add(() => happened.push('left'));
            return source.subscribe(subscriber);
          }),
  });
  return { made, happened };
}

/** Does these at their moments. */
const at = (moments: Readonly<Record<number, () => void>>): void => {
  for (const [ms, what] of Object.entries(moments)) asyncScheduler.schedule(what, Number(ms));
};

describe('the producer of a feed', () => {
  it('is left in the same turn without a grace', () => {
    const { made, happened } = producer({ linger: 0 });
    made.start();
    made.leave();
    expect(happened).to.deep.equal(['subscribed', 'left', 'stopped']);
  });

  it(
    'is left after its grace, once, unless somebody comes',
    marbles(({ flush }) => {
      const { made, happened } = producer();
      made.start();
      at({ 5: () => made.leave(), 14: () => made.start(), 20: () => made.leave(), 29: () => happened.push('29') });
      flush();
      expect(happened).to.deep.equal(['subscribed', '29', 'left', 'stopped']);
    }),
  );

  it(
    'has no timer for a grace without end, and none for a source that is not there or over',
    marbles(({ flush }) => {
      const { made } = producer({ linger: Infinity });
      made.start();
      made.leave();
      const silent = producer({ linger: 1e9 });
      silent.made.leave();
      const over = producer({ linger: 1e9, source: of() });
      over.made.start();
      over.made.leave();
      // Of a timer that stays the kit would say that it leaked.
      flush();
      made.stop();
    }),
  );

  it(
    'that is closed while it waits is left then, and not once more',
    marbles(({ flush }) => {
      const { made, happened } = producer();
      made.start();
      at({ 5: () => made.leave(), 8: () => made.close(), 30: () => made.start() });
      flush();
      expect(happened).to.deep.equal(['subscribed', 'left', 'stopped']);
    }),
  );

  it('is not begun twice, nor when it is over, however it came to that', () => {
    const running = producer();
    running.made.start();
    running.made.start();
    expect(running.happened).to.deep.equal(['subscribed']);
    for (const source of [of(), throwError(() => 'no')]) {
      const log = memoryLog();
      const { made, happened } = producer({ source, log });
      made.start();
      const before = happened.length;
      made.start();
      made.leave();
      expect(happened).to.have.length(before);
      log.read(0, 0).subscribe(({ ended }) => {
        expect(ended).to.equal(happened.includes('no') ? 'failed' : 'completed');
      });
    }
  });

  it('tells the source of the newest entry, and drops what is too large', () => {
    const log = memoryLog();
    const last: unknown[] = [];
    const values = new Subject<unknown>();
    const source: ProducerOptions['source'] = (context) => {
      last.push(context.lastCursor);
      return values;
    };
    const { made, happened } = producer({ source, log, maxEventBytes: 3, linger: 0 });
    made.start();
    for (const n of [123, 1234, 5]) values.next(Tick(n));
    made.stop();
    made.start();
    expect(happened.filter((word) => word.startsWith('LimitError'))).to.have.length(1);
    log.read(0, 1000).subscribe(({ epoch, bytes }) => {
      expect(Buffer.from(bytes).toString()).to.include('data: 123\n').and.include('data: 5\n').and.not.include('1234');
      expect(last).to.deep.equal([undefined, `1.${epoch}.2`]);
    });
  });

  it(
    'tells of each failure that is followed by a restart, to the feed and to who asks for restarts',
    marbles(({ flush }) => {
      const heard: unknown[] = [];
      const restart = {
        initialDelay: 1,
        maxDelay: 1,
        maxAttempts: 1,
        onFailure: (error: unknown) => heard.push(error),
      };
      const { made, happened } = producer({ source: throwError(() => 'no'), restart });
      made.start();
      flush();
      expect(heard).to.deep.equal(['no']);
      expect(happened.filter((word) => word === 'no')).to.have.length(2);
    }),
  );
});
