import { expect } from 'chai';
import { catchError, map, of } from 'rxjs';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { sample } from './sample.ts';

describe('withLatency', () => {
  it(
    'answers after the latency, and completes then',
    marbles(({ expectObservable, time }) => {
      const log = withLatency(memoryLog(), time('---|'));
      expectObservable(log.append([sample()]).pipe(map(({ last }) => last))).toBe('---(a|)', { a: 1 });
      expectObservable(log.read(0, 1000).pipe(map(({ last }) => last))).toBe('---(a|)', { a: 1 });
      expectObservable(log.end('failed').pipe(map(({ ended }) => ended))).toBe('---(a|)', { a: 'failed' });
    }),
  );

  it(
    'runs each operation at once, also without a subscriber',
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
    'replays its answer to late and repeated subscribers',
    marbles(({ flush }) => {
      const appended = withLatency(memoryLog(), 2).append([sample()]);
      flush();
      const received: unknown[] = [];
      for (const _ of [1, 2]) {
        appended.subscribe({ next: ({ last }) => received.push(last), complete: () => received.push('done') });
      }
      expect(received).to.deep.equal([1, 'done', 1, 'done']);
    }),
  );

  it(
    'delays errors as well, and does not delay wake-ups and close()',
    marbles(({ expectObservable }) => {
      const slow = withLatency(memoryLog(), 4);
      const received: string[] = [];
      slow.wakes.subscribe({ next: () => received.push('wake'), complete: () => received.push('closed') });
      slow.append([sample()]);
      slow.end('completed');
      expectObservable(slow.append([sample()]).pipe(catchError(({ _tag }) => of(_tag)))).toBe('----(a|)', {
        a: 'ClosedError',
      });
      slow.close();
      expect(received).to.deep.equal(['wake', 'wake', 'closed']);
    }),
  );

  it('throws for a latency that is not a duration', () => {
    for (const ms of [-1, Number.NaN, Infinity])
      expect(() => withLatency(memoryLog(), ms)).to.throw(RangeError, 'withLatency');
  });
});
