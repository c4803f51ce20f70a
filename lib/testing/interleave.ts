import { type Observable, ReplaySubject } from 'rxjs';
import type { EventLog } from '../log/EventLog.ts';

/** One of the two steps of an operation. @category testing */
export type LogStep = `${'carry out' | 'answer'} ${'append' | 'read' | 'end'}`;

/** A log that waits to be told. @category testing */
export interface InterleavedLog extends EventLog {
  /**
   * Takes the next step and says which one it was; `undefined` when nothing
   * waits. Steps are taken in the order in which they became possible: carrying
   * out one operation puts its answer behind all that waits already.
   */
  step(): LogStep | undefined;
}

/**
 * The same log, moved by hand: each operation is carried out when it is told to,
 * and answers when it is told again.
 *
 * For placing something at each point of what others do: an append before a
 * reader's page is read, or after that and before it arrives. What a test does
 * with the log itself is done at once, as if by another process; `wakes` and
 * `close` do not wait either.
 *
 * ```text
 * read            r------------
 * step()          --c----a-----     c: carried out, a: answered
 * the page        -------(p|)--     as the log was at c
 * ```
 *
 * @example An append that a page is too old for
 * const log = memoryLog();
 * const slow = interleave(log);
 * slow.read(0, 65_536).subscribe(({ last, tail }) => console.log(last, tail)); // 0 0
 * slow.step(); // 'carry out read'
 * log.append([{ event: 'tick', data: '1', retry: undefined }]);
 * slow.step(); // 'answer read'
 *
 * @see {@link delayed} for answers that come by themselves.
 * @category testing
 */
export function interleave(log: EventLog): InterleavedLog {
  const waiting: { readonly step: LogStep; take(): void }[] = [];

  const stepped = <T>(name: 'append' | 'read' | 'end', carryOut: () => Observable<T>): Observable<T> => {
    const answer = new ReplaySubject<T>();
    const take = () => {
      // Held here, and not by the log, which may answer at once or take its time.
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
    end: (how) => stepped('end', () => log.end(how)),
    wakes: log.wakes,
    close: () => log.close(),
    step: () => {
      const next = waiting.shift();
      next?.take();
      return next?.step;
    },
  };
}
