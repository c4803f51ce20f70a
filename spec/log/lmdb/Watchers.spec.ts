import { expect } from 'chai';
import { Observable } from 'rxjs';
import { Changes, nonceLength } from '../../../lib/log/lmdb/Changes.ts';
import { hashOf } from '../../../lib/log/lmdb/layout.ts';
import { Watchers } from '../../../lib/log/lmdb/Watchers.ts';
import { marbles } from '../../../lib/testing/marbles.ts';

const [a, b] = [hashOf('a'), hashOf('b')];
const nonce = new Uint8Array(nonceLength);

/** Returns the watchers of an environment in which other processes write. */
function environment() {
  let changes = new Changes();
  const polls = { count: 0, broken: false };
  const watchers = new Watchers(() => {
    polls.count++;
    if (polls.broken) throw new Error('cannot be read');
    return changes;
  });
  const write = (...logs: Uint8Array[]): void => {
    changes = new Changes(changes.with(logs, nonce));
  };
  const wakes = (log: Uint8Array) =>
    new Observable<string>((subscriber) => watchers.add(log, () => subscriber.next('w')));
  return { polls, watchers, write, wakes };
}

describe('Watchers', () => {
  it(
    'polls every 20 ms for commits of other processes, and wakes the watchers of the changed log',
    marbles(({ cold, expectObservable }) => {
      const { write, wakes } = environment();
      cold('5ms a 40ms b', { a, b }).subscribe((log) => write(log));
      expectObservable(wakes(a), '^ 99ms !').toBe('20ms w');
      expectObservable(wakes(b), '^ 99ms !').toBe('60ms w');
    }),
  );

  it(
    'does not wake a watcher for commits before it was added',
    marbles(({ expectObservable }) => {
      const { write, wakes } = environment();
      write(a);
      expectObservable(wakes(a), '^ 99ms !').toBe('-');
    }),
  );

  it(
    'polls once for all watchers, and only while there are watchers',
    marbles(({ expectObservable, flush }) => {
      const { polls, wakes } = environment();
      expectObservable(wakes(a), '50ms ^ 99ms !').toBe('-');
      expectObservable(wakes(b), '60ms ^ 99ms !').toBe('-');
      flush();
      // The first poll at 50 reads the count; the others are at 70, 90, 110, 130 and 150.
      expect(polls.count).to.equal(6);
    }),
  );

  it(
    'wakes for commits of this process at once and once, and misses no commit of another process',
    marbles(({ cold, expectObservable }) => {
      const { write, wakes, watchers } = environment();
      const commit = (before: number): void => {
        write(a);
        watchers.committed({ logs: [a], before, count: before + 1 });
      };
      cold('5ms x').subscribe(() => commit(0));
      cold('30ms x').subscribe(() => {
        write(b);
        commit(2);
      });
      expectObservable(wakes(a), '^ 99ms !').toBe('5ms w 24ms w 9ms w');
      expectObservable(wakes(b), '^ 99ms !').toBe('40ms w');
    }),
  );

  it(
    'wakes all watchers after too many changes or a failed read',
    marbles(({ cold, expectObservable }) => {
      const { polls, write, wakes } = environment();
      cold('5ms x').subscribe(() => {
        for (let n = 0; n < 65; n++) write(b);
      });
      cold('30ms x').subscribe(() => {
        polls.broken = true;
      });
      expectObservable(wakes(a), '^ 45ms !').toBe('20ms w 19ms w');
    }),
  );

  it(
    'wakes a watcher after another one of the same log was removed, and polls again after the last was removed',
    marbles(({ cold, expectObservable }) => {
      const { write, wakes } = environment();
      cold('5ms a 24ms a 99ms a', { a }).subscribe((log) => write(log));
      expectObservable(wakes(a), '^ 24ms !').toBe('20ms w');
      expectObservable(wakes(a), '^ 49ms !').toBe('20ms w 19ms w');
      // There is no watcher from 50 to 100; the third write is at 130.
      expectObservable(wakes(a), '100ms ^ 49ms !').toBe('140ms w');
    }),
  );
});
