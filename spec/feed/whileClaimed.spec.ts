import { expect } from 'chai';
import { asyncScheduler, NEVER, Observable, of, type Subscriber, throwError, timer } from 'rxjs';
import { type ClaimableLog, whileClaimed } from '../../lib/feed/whileClaimed.ts';
import { ClosedError, FencedError, memoryLog } from '../../lib/index.ts';
import type { ClaimState, EventLog } from '../../lib/log/EventLog.ts';
import { failing } from '../../lib/testing/failing.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { twisted } from '../log/broken.ts';
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
    /** Starts one, over a log of its own to the same storage if that is given. */
    start(name: string, { over = log, inner = NEVER }: { over?: EventLog; inner?: Observable<never> } = {}) {
      const onError = (error: unknown): void => void errors.push(error instanceof Error ? error.name : String(error));
      return whileClaimed({ log: over as ClaimableLog, lease, onError }, work(name, inner)).subscribe({
        error: (error) => say(`${name} fails with ${error}`),
        complete: () => say(`${name} completes`),
      });
    },
  };
}

/** Does these at their moments. */
const at = (moments: Readonly<Record<number, () => void>>): void => {
  for (const [ms, what] of Object.entries(moments)) asyncScheduler.schedule(what, Number(ms));
};

/** A log that cannot be reached by one of its processes from a moment on. */
const cutOff = (log: EventLog): { readonly log: EventLog; cut(): void } => {
  let isCut = false;
  const claim = (holder: string, ms: number): Observable<ClaimState> =>
    isCut ? throwError(() => new Error('unreachable')) : (log.claim?.(holder, ms) ?? NEVER);
  return { log: twisted(log, { claim }), cut: () => (isCut = true) };
};

describe('work while a log is claimed', () => {
  it(
    'runs in one of several claimants as long as that renews its claim',
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
    'moves at once to another claimant when its own unsubscribes',
    marbles(({ flush }) => {
      const { happened, start } = claimants(memoryLog());
      const [a, b] = [start('a'), start('b')];
      at({ 500: () => a.unsubscribe(), 900: () => b.unsubscribe() });
      flush();
      expect(happened).to.deep.equal(['a 1 starts at 0', 'a stops at 500', 'b 2 starts at 500', 'b stops at 900']);
    }),
  );

  it(
    'moves when the claim is given up while another claimant waits for its answer',
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
    'stops before the claim can expire where it cannot be renewed, and moves when it has expired',
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
    'goes on where the claim is renewed in time, with each failure reported and repeated later each time',
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
    'starts again when it takes the claim that another one had in between',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { happened, start } = claimants(memory);
      const steal = (holder: string, ms: number): void => void memory.claim?.(holder, ms).subscribe();
      let own = '';
      const over = twisted(memory, {
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
    'claims again after a write of it was refused, and runs when the other one gives the claim up',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { happened, errors, start } = claimants(memory);
      // Its renewals are answered and not carried out: it believes that it has the claim, as one does that stood still.
      let isPaused = false;
      const over = twisted(memory, {
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

  it(
    'claims at most once in a tenth of the lease for a log that is written to without a pause',
    marbles(({ flush }) => {
      const memory = memoryLog();
      const { start } = claimants(memory);
      let claims = 0;
      const over = twisted(memory, {
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
    'is not started, and completes, where the log has ended or is closed, also later',
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
    'passes on any other error of the work, and gives the claim up',
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
