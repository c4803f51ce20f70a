import { delay, dematerialize, materialize, type Observable, ReplaySubject } from 'rxjs';
import type { EventLog } from '../log/EventLog.ts';

/**
 * The same log, slow to answer: what is asked is done at once, and the answer
 * to it comes later, in RxJS time.
 *
 * For whatever must hold with a log that is not in memory: in a marble test the
 * wait is virtual. An entry can be read before its append has answered, and a
 * page is as old as its way was long. Errors wait like answers; `wakes` and
 * `close` do not. An answer that nobody takes still holds its timer until it is due.
 *
 * ```text
 * log.read         (p|)
 * delayed by 3     ---(p|)
 * ```
 *
 * @example A feed over a log that takes 20 ms, in no time
 * it('publishes', marbles(({ expectObservable }) => {
 *   const log = delayed(memoryLog(), 20);
 *   const published = log.append([{ event: 'tick', data: '1', retry: undefined }]);
 *   expectObservable(published.pipe(map(({ last }) => last))).toBe('20ms (a|)', { a: 1 });
 * }));
 *
 * @throws RangeError at once when `ms` is no time.
 * @see {@link interleave} to place each step by hand.
 * @category testing
 */
export function withLatency(log: EventLog, ms: number): EventLog {
  if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`delayed: ms must be 0 or more, and finite, got ${ms}`);

  const later = <T>(answer: Observable<T>): Observable<T> => {
    const answered = new ReplaySubject<T>();
    // Materialized, since `delay` lets errors pass at once.
    answer.pipe(materialize(), delay(ms), dematerialize()).subscribe(answered);
    return answered.asObservable();
  };

  return {
    append: (drafts, options) => later(log.append(drafts, options)),
    read: (after, maxBytes) => later(log.read(after, maxBytes)),
    end: (how) => later(log.end(how)),
    wakes: log.wakes,
    close: () => log.close(),
  };
}
