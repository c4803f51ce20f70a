import { expect } from 'chai';
import { asyncScheduler, NEVER, Observable, of, type Subscriber, throwError, timer } from 'rxjs';
import { type ClaimableLog, whileClaimed } from '../../lib/feed/whileClaimed.ts';
import { ClosedError, FencedError, memoryLog } from '../../lib/index.ts';
import type { ClaimState, EventLog } from '../../lib/log/EventLog.ts';
import { failing } from '../../lib/testing/failing.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { withOverrides } from '../log/broken.ts';
import { sample } from '../log/sample.ts';

const lease = 90;

/** Several claimants of a log, and what happened to the work of each: `a 1 starts at 0`. */
function claimants(log: EventLog) {
  const happened: string[] = [];
  const errors: string[] = [];
  const say = (what: string): void => void happened.push(`${what} at ${asyncScheduler.now() - start}`);
  const start = asyncScheduler.now();
  const work = (name: string, inner: Observable<never>) => (token: number) =>
    new Observable<never>((subscriber) => {
      say(`${name} ${token} starts`);
      subscriber.add(() => say(`${name} stops`));
      return inner.subscribe(subscriber);
    });
  return {
    happened,
    errors,
    /** Starts a claimant, over the given log or over the shared one. */
    start(name: string, { over = log, inner = NEVER }: { over?: EventLog; inner?: Observable<never> } = {}) {
      const onError = (error: unknown): void => void errors.push(error instanceof Error ? error.name : String(error));
      return whileClaimed({ log: over as ClaimableLog, lease, onError }, work(name, inner)).subscribe({
        error: (error) => say(`${name} fails with ${error}`),
        complete: () => say(`${name} completes`),
      });
    },
  };
}

/** Runs each function at its time. */
const at = (moments: Readonly<Record<number, () => void>>): void => {
  for (const [ms, what] of Object.entries(moments)) asyncScheduler.schedule(what, Number(ms));
};

/** A log that one of its processes cannot reach after a time. */
const cutOff = (log: EventLog): { readonly log: EventLog; cut(): void } => {
  let isCut = false;
  const claim = (holder: string, ms: number): Observable<ClaimState> =>
    isCut ? throwError(() => new Error('unreachable')) : (log.claim?.(holder, ms) ?? NEVER);
  return { log: withOverrides(log, { claim }), cut: () => (isCut = true) };
};

describe('whileClaimed', () => {
  it(
    'runs the work of one of several claimants while that renews its claim',
    marbles(({ flush }) => {
      const { happened, errors, start } = claimants(withLatency(memoryLog(), 3));
      const all = ['a', 'b', 'c'].map((name) => start(name));
      timer(2000).subscribe(() => {
        happened.push('2000');
        for (const each of all.reverse()) each.unsubscribe();
      });
      flush();
      expect(happened).to.deep.equal(['a 1 starts at 3', '2000', 'a stops at 2000']);
      expect(errors).to.deep.equal([]);
    }),
  );

  it(
    'moves the work at once to another claimant when the first one unsubscribes',
    marbles(({ flush }) => {
      const { happened, start } = claimants(memoryLog());
      const [a, b] = [start('a'), start('b')];
      at({ 500: () => a.unsubscribe(), 900: () => b.unsubscribe() });
      flush();
      expect(happened).to.deep.equal(['a 1 starts at 0', 'a stops at 500', 'b 2 starts at 500', 'b stops at 900']);
    }),
  );

  it(
    'moves the work when the claim is given up while another claimant waits for its answer',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { happened, start } = claimants(memory);
      const a = start('a');
      const b = start('b', { over: withLatency(memory, 5) });
      at({ 2: () => a.unsubscribe(), 60: () => b.unsubscribe() });
      flush();
      // The claim of b was answered for 0, and repeated after a tenth of the lease.
      expect(happened).to.deep.equal(['a 1 starts at 0', 'a stops at 2', 'b 2 starts at 14', 'b stops at 60']);
    }),
  );

  it(
    'stops the work before a claim that cannot be renewed expires, and moves it when the claim has expired',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { happened, errors, start } = claimants(memory);
      const cut = cutOff(memory);
      const a = start('a', { over: cut.log });
      const b = start('b');
      at({
        1: () => cut.cut(),
        200: () => {
          a.unsubscribe();
          b.unsubscribe();
        },
      });
      flush();
      const [aStarts, aStops, bStarts, bStops] = happened;
      expect([aStarts, aStops, bStops]).to.deep.equal(['a 1 starts at 0', 'a stops at 81', 'b stops at 200']);
      expect(bStarts).to.match(/^b 2 starts at 9\d(\.\d+)?$/);
      expect(new Set(errors)).to.deep.equal(new Set(['Error']));
    }),
  );

  it(
    'continues the work when the claim is renewed in time, and reports each failure',
    marbles(({ flush }) => {
      const { happened, errors, start } = claimants(failing(memoryLog(), { claim: '##-' }));
      const a = start('a');
      timer(1000).subscribe(() => a.unsubscribe());
      flush();
      expect(errors).to.deep.equal(['StorageError', 'StorageError']);
      expect(happened).to.have.length(2);
      expect(happened[1]).to.equal('a stops at 1000');
    }),
  );

  it(
    'starts the work again when it has acquired a claim that another claimant had in between',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { happened, start } = claimants(memory);
      const steal = (holder: string, ms: number): void => void memory.claim?.(holder, ms).subscribe();
      let own = '';
      const over = withOverrides(memory, {
        claim: (holder, ms) => {
          own = holder;
          return memory.claim?.(holder, ms) ?? NEVER;
        },
      });
      const a = start('a', { over });
      at({
        1: () => {
          steal(own, 0);
          steal('thief', 10);
          steal('thief', 0);
        },
        100: () => a.unsubscribe(),
      });
      flush();
      expect(happened.map((word) => word.replace(/ at .*/, ''))).to.deep.equal([
        'a 1 starts',
        'a stops',
        'a 3 starts',
        'a stops',
      ]);
    }),
  );

  it(
    'claims again after a rejected write, and runs the work when the other claimant gives the claim up',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { happened, errors, start } = claimants(memory);
      // Its renewals are answered and not stored, so that it has no knowledge of the other claim, as after a suspension.
      let isPaused = false;
      const over = withOverrides(memory, {
        claim: (holder, ms) =>
          isPaused ? of({ held: true, token: 1, remaining: ms }) : (memory.claim?.(holder, ms) ?? NEVER),
      });
      let writing: Subscriber<never> | undefined;
      const inner = new Observable<never>((subscriber) => {
        writing = subscriber;
      });
      const a = start('a', { over, inner });
      isPaused = true;
      const other = (ms: number) => memory.claim?.('other', ms).subscribe();
      at({
        95: () => other(10_000),
        300: () => {
          isPaused = false;
          writing?.error(new FencedError(1, 2));
        },
        600: () => other(0),
        700: () => a.unsubscribe(),
      });
      flush();
      expect(errors).to.deep.equal([]);
      expect(happened).to.deep.equal(['a 1 starts at 0', 'a stops at 300', 'a 3 starts at 600', 'a stops at 700']);
    }),
  );

  for (const [what, lose] of [
    ['its work is fenced', (writing: Subscriber<never> | undefined) => writing?.error(new FencedError(1, 2))],
    ['another one has the claim', () => {}],
  ] as const) {
    it(
      `claims no more when it is unsubscribed from while its work is torn down, because ${what}`,
      marbles(({ flush }) => {
        const memory = memoryLog();
        const { start, happened } = claimants(memory);
        let isLost = false;
        const over = withOverrides(memory, {
          claim: (holder, ms) => {
            happened.push(ms === 0 ? 'gives up' : 'claims');
            return isLost ? of({ held: false, token: 2, remaining: 50 }) : (memory.claim?.(holder, ms) ?? NEVER);
          },
        });
        let writing: Subscriber<never> | undefined;
        const inner = new Observable<never>((subscriber) => {
          writing = subscriber;
          return () => a.unsubscribe();
        });
        const a = start('a', { over, inner });
        at({
          5: () => {
            isLost = true;
            lose(writing);
          },
        });
        // A claim would leave the timer of the next one.
        flush();
        expect(happened.slice(0, 2)).to.deep.equal(['claims', 'a 1 starts at 0']);
        expect(happened.filter((each) => each === 'claims').length).to.be.at.most(2);
      }),
    );
  }

  it(
    'claims at most once in a tenth of the lease for a log that is written to without a pause',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { start } = claimants(memory);
      let claims = 0;
      const over = withOverrides(memory, {
        claim: (holder, ms) => {
          claims++;
          return memory.claim?.(holder, ms) ?? NEVER;
        },
      });
      const all = [start('a'), start('b', { over })];
      for (let ms = 1; ms < 900; ms++) timer(ms).subscribe(() => memory.append([sample('x')]));
      timer(900).subscribe(() => {
        for (const each of all) each.unsubscribe();
      });
      flush();
      expect(claims).to.be.within(50, 101);
    }),
  );

  it(
    'completes without starting the work when the log has ended or is closed, also later',
    marbles(({ flush }) => {
      const log = memoryLog();
      const { happened, errors, start } = claimants(log);
      const [a] = [start('a'), start('b')];
      at({ 10: () => log.end('completed').subscribe(), 200: () => log.close(), 201: () => void start('c') });
      flush();
      expect(a?.closed).to.equal(true);
      expect(happened.map((word) => word.replace(/ at .*/, ''))).to.include.members(['b completes', 'c completes']);
      expect(errors).to.deep.equal([]);
    }),
  );

  it(
    'claims again when there is no answer for as long as the lease',
    marbles(({ flush }) => {
      const { happened, errors, start } = claimants(failing(memoryLog(), { claim: '_' }));
      const a = start('a');
      timer(500).subscribe(() => a.unsubscribe());
      flush();
      expect(errors).to.deep.equal(['StorageError']);
      expect(happened[0]).to.match(/^a 1 starts at (9\d|1\d\d)/);
    }),
  );

  it(
    'errors with any other error of the work, and gives the claim up',
    marbles(({ flush }) => {
      const log = memoryLog();
      const { happened, start } = claimants(log);
      start('a', { inner: throwError(() => new ClosedError('it', 'closed')) });
      const b = start('b');
      timer(1).subscribe(() => b.unsubscribe());
      flush();
      expect(happened).to.include('b 2 starts at 0');
      expect(happened.find((word) => word.startsWith('a fails'))).to.match(/ClosedError/);
    }),
  );
});
