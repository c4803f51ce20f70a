import { type Observable, ReplaySubject } from 'rxjs';
import type { EventLog } from '../log/EventLog.ts';

/** One of the two steps of an operation. */
type LogStep = `${'carry out' | 'answer'} ${'append' | 'read' | 'end' | 'claim'}`;

/** A log whose operations wait for `step`. */
interface InterleavedLog extends EventLog {
  /**
   * Takes the next step and returns it; `undefined` when nothing waits. Steps are taken in the order in which they
   * became possible: carrying out one operation queues its answer behind everything that waits.
   */
  step(): LogStep | undefined;
}

/**
 * Wraps a log so that a test moves it step by step: each operation is carried out at one step, and answers at another.
 *
 * It places an event at each point of concurrent operations: an append before a reader's page is read, or after that
 * and before it arrives. What a test does with the log itself is done at once, as if by another process; `wakes` and
 * `close` do not wait either.
 *
 * ```text
 * read            r------------
 * step()          --c----a-----     c: carried out, a: answered
 * the page        -------(p|)--     as the log was at c
 * ```
 *
 * @example Append an event after a page was read
 * const log = memoryLog();
 * const slow = interleave(log);
 * slow.read(0, 65_536).subscribe(({ last, tail }) => console.log(last, tail)); // 0 0
 * slow.step(); // 'carry out read'
 * log.append([{ event: 'tick', data: '1', retry: undefined }]);
 * slow.step(); // 'answer read'
 *
 * @see {@link withLatency} for answers that arrive by themselves.
 * @category testing
 */
export function interleave(log: EventLog): InterleavedLog {
  const claim = log.claim?.bind(log);
  const waiting: { readonly step: LogStep; take(): void }[] = [];

  const stepped = <T>(name: 'append' | 'read' | 'end' | 'claim', carryOut: () => Observable<T>): Observable<T> => {
    const answer = new ReplaySubject<T>();
    const take = () => {
      // Held here and not in the log, which may answer at once or later.
      const held = new ReplaySubject<T>();
      carryOut().subscribe(held);
      waiting.push({ step: `answer ${name}`, take: () => void held.subscribe(answer) });
    };
    waiting.push({ step: `carry out ${name}`, take });
    return answer.asObservable();
  };

  return {
    append: (drafts, options) => stepped('append', () => log.append(drafts, options)),
    read: (after, maxBytes) => stepped('read', () => log.read(after, maxBytes)),
    end: (how, options) => stepped('end', () => log.end(how, options)),
    ...(claim && { claim: (holder: string, lease: number) => stepped('claim', () => claim(holder, lease)) }),
    ...(log.shared && { shared: true }),
    ...(log.prefixEpochs && { prefixEpochs: log.prefixEpochs.bind(log) }),
    wakes: log.wakes,
    close: () => log.close(),
    step: () => {
      const next = waiting.shift();
      next?.take();
      return next?.step;
    },
  };
}
