import { expect } from 'chai';
import { Observable } from 'rxjs';
import { Changes, nonceLength } from '../../../lib/log/lmdb/Changes.ts';
import { hashOf } from '../../../lib/log/lmdb/layout.ts';
import { Watchers } from '../../../lib/log/lmdb/Watchers.ts';
import { marbles } from '../../../lib/testing/marbles.ts';

const [a, b] = [hashOf('a'), hashOf('b')];
const nonce = new Uint8Array(nonceLength);

/** Watchers of an environment in which other processes write. */
function environment() {
  let changes = new Changes();
  const looks = { count: 0, broken: false };
  const watchers = new Watchers(() => {
    looks.count++;
    if (looks.broken) throw new Error('cannot be read');
    return changes;
  });
  const write = (...logs: Uint8Array[]): void => {
    changes = new Changes(changes.with(logs, nonce));
  };
  const wakes = (log: Uint8Array) =>
    new Observable<string>((subscriber) => watchers.add(log, () => subscriber.next('w')));
  return { looks, watchers, write, wakes };
}

describe('the watchers of an lmdb environment', () => {
  it(
    'hear of other processes at the next look, every 20 ms, each of its own log',
    marbles(({ cold, expectObservable }) => {
      const { write, wakes } = environment();
      cold('5ms a 40ms b', { a, b }).subscribe((log) => write(log));
      expectObservable(wakes(a), '^ 99ms !').toBe('20ms w');
      expectObservable(wakes(b), '^ 99ms !').toBe('60ms w');
    }),
  );

  it(
    'are not told of what was before them',
    marbles(({ expectObservable }) => {
      const { write, wakes } = environment();
      write(a);
      expectObservable(wakes(a), '^ 99ms !').toBe('-');
    }),
  );

  it(
    'look while anybody watches, once for all, and not before or after',
    marbles(({ expectObservable, flush }) => {
      const { looks, wakes } = environment();
      expectObservable(wakes(a), '50ms ^ 99ms !').toBe('-');
      expectObservable(wakes(b), '60ms ^ 99ms !').toBe('-');
      flush();
      // The first to learn where it stands, then at 70, 90, 110, 130 and 150.
      expect(looks.count).to.equal(6);
    }),
  );

  it(
    'hear of own commits at once, and not again, nor miss what came from others in between',
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
    'are woken, all of them, when too much happened or nothing can be read',
    marbles(({ cold, expectObservable }) => {
      const { looks, write, wakes } = environment();
      cold('5ms x').subscribe(() => {
        for (let n = 0; n < 65; n++) write(b);
      });
      cold('30ms x').subscribe(() => {
        looks.broken = true;
      });
      expectObservable(wakes(a), '^ 45ms !').toBe('20ms w 19ms w');
    }),
  );

  it(
    'are woken as long as they watch, though another one of the same log leaves, and looked for anew after the last',
    marbles(({ cold, expectObservable }) => {
      const { write, wakes } = environment();
      cold('5ms a 24ms a 99ms a', { a }).subscribe((log) => write(log));
      expectObservable(wakes(a), '^ 24ms !').toBe('20ms w');
      expectObservable(wakes(a), '^ 49ms !').toBe('20ms w 19ms w');
      // Nobody watches from 50 to 100; the third write is at 130.
      expectObservable(wakes(a), '100ms ^ 49ms !').toBe('140ms w');
    }),
  );
});
