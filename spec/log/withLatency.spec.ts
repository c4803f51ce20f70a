import { expect } from 'chai';
import { catchError, map, of } from 'rxjs';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { sample } from './sample.ts';

describe('withLatency', () => {
  it(
    'answers later, and each of its answers is complete then',
    marbles(({ expectObservable, time }) => {
      const log = withLatency(memoryLog(), time('---|'));
      expectObservable(log.append([sample()]).pipe(map(({ last }) => last))).toBe('---(a|)', { a: 1 });
      expectObservable(log.read(0, 1000).pipe(map(({ last }) => last))).toBe('---(a|)', { a: 1 });
      expectObservable(log.end('failed').pipe(map(({ ended }) => ended))).toBe('---(a|)', { a: 'failed' });
    }),
  );

  it(
    'does at once what it is asked, whether or not anybody subscribes',
    marbles(({ expectObservable }) => {
      const log = memoryLog();
      const slow = withLatency(log, 20);
      const page = slow.read(0, 1000);
      slow.append([sample()]);
      expectObservable(log.read(0, 1000).pipe(map(({ last }) => last))).toBe('(a|)', { a: 1 });
      expectObservable(page.pipe(map(({ tail }) => tail))).toBe('20ms (a|)', { a: 0 });
    }),
  );

  it(
    'has its answer for those who subscribe late, and again',
    marbles(({ flush }) => {
      const appended = withLatency(memoryLog(), 2).append([sample()]);
      flush();
      const said: unknown[] = [];
      for (const _ of [1, 2]) {
        appended.subscribe({ next: ({ last }) => said.push(last), complete: () => said.push('done') });
      }
      expect(said).to.deep.equal([1, 'done', 1, 'done']);
    }),
  );

  it(
    'lets errors wait as long, and leaves wakes and the close alone',
    marbles(({ expectObservable }) => {
      const slow = withLatency(memoryLog(), 4);
      const said: string[] = [];
      slow.wakes.subscribe({ next: () => said.push('wake'), complete: () => said.push('closed') });
      slow.append([sample()]);
      slow.end('completed');
      expectObservable(slow.append([sample()]).pipe(catchError(({ _tag }) => of(_tag)))).toBe('----(a|)', {
        a: 'ClosedError',
      });
      slow.close();
      expect(said).to.deep.equal(['wake', 'wake', 'closed']);
    }),
  );

  it('refuses a wait that is no time, at once', () => {
    for (const ms of [-1, Number.NaN, Infinity])
      expect(() => withLatency(memoryLog(), ms)).to.throw(RangeError, 'withLatency');
  });
});
