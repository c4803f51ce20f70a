import { delay, dematerialize, materialize, type Observable, ReplaySubject } from 'rxjs';
import { checkNumber, maxTimerDelay } from '../data/check.ts';
import type { EventLog } from '../log/EventLog.ts';

/**
 * Wraps a log so that it answers later: an operation is carried out at once, and its answer arrives after a delay, in
 * RxJS time.
 *
 * It is for testing what must hold with a log that is not in memory; in a marble test the delay is virtual. An entry
 * can be read before its append has answered, and a page is as old as the delay. Errors are delayed as answers are;
 * `wakes` and `close` are not. An answer without a subscriber still holds its timer until it is due.
 *
 * ```text
 * log.read              (p|)
 * withLatency(log, 3)   ---(p|)
 * ```
 *
 * @example A feed over a log that takes 20 ms
 * it('publishes', marbles(({ expectObservable }) => {
 *   const log = withLatency(memoryLog(), 20);
 *   const published = log.append([{ event: 'tick', data: '1', retry: undefined }]);
 *   expectObservable(published.pipe(map(({ last }) => last))).toBe('20ms (a|)', { a: 1 });
 * }));
 *
 * @throws TypeError or RangeError at once when `ms` is not a delay.
 * @see {@link interleave} to place each step by hand.
 * @category testing
 */
export function withLatency(log: EventLog, ms: number): EventLog {
  checkNumber('withLatency: ms', ms, { min: 0, max: maxTimerDelay, unit: 'ms' });

  const claim = log.claim?.bind(log);
  const later = <T>(answer: Observable<T>): Observable<T> => {
    const answered = new ReplaySubject<T>();
    // Materialized, since `delay` does not delay errors.
    answer.pipe(materialize(), delay(ms), dematerialize()).subscribe(answered);
    return answered.asObservable();
  };

  return {
    append: (drafts, options) => later(log.append(drafts, options)),
    read: (after, maxBytes) => later(log.read(after, maxBytes)),
    end: (how, options) => later(log.end(how, options)),
    ...(claim && { claim: (holder: string, lease: number) => later(claim(holder, lease)) }),
    ...(log.shared && { shared: true }),
    ...(log.prefixEpochs && { prefixEpochs: log.prefixEpochs.bind(log) }),
    wakes: log.wakes,
    close: () => log.close(),
  };
}
