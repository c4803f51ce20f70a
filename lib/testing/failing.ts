import { NEVER, type Observable, ReplaySubject, switchMap, throwError } from 'rxjs';
import { StorageError } from '../error/StorageError.ts';
import type { ClaimState, EventLog } from '../log/EventLog.ts';

/**
 * Says what happens to the calls of each operation, one letter a call: `-` it works, `#` it fails and is not carried out, `!`
 * it is carried out and then fails, `_` it is never answered. Spaces mean nothing. After the last letter every call works.
 *
 * @category testing
 */
export interface FailureScript {
  /** @default '' */
  readonly append?: string;
  /** @default '' */
  readonly read?: string;
  /** @default '' */
  readonly end?: string;
  /** @default '' */
  readonly claim?: string;
}

/**
 * Wraps a log so that some of its operations fail, by a script: to test what a feed, an app or a log of your own does on
 * a bad day. Errors are `StorageError`s.
 *
 * A `!` is the failure that matters most: the caller does not know whether the entries were stored, so that it must
 * repeat the append under its idempotency key.
 *
 * ```text
 * failing(log, { read: '-#' })
 * read   (p|)
 * read   #
 * read   (p|)
 * ```
 *
 * @example Retry an append whose answer was lost
 * it('appends once', async () => {
 *   const log = failing(memoryLog(), { append: '!' });
 *   const event = { event: 'tick', data: '1', retry: undefined };
 *   const append = () => firstValueFrom(log.append([event], { key: 'order 7' }));
 *   await append().catch(() => append());
 *   expect((await firstValueFrom(log.read(0, 1024))).tail).to.equal(1);
 * });
 *
 * @throws TypeError at once for a script with another letter.
 * @see {@link withLatency} and {@link interleave} for answers that arrive later.
 * @category testing
 */
export function failing(log: EventLog, script: FailureScript): EventLog {
  const play = <T>(name: keyof FailureScript, letters = ''): ((carryOut: () => Observable<T>) => Observable<T>) => {
    const left = [...letters.replaceAll(' ', '')];
    const other = left.find((letter) => !'-#!_'.includes(letter));
    if (other !== undefined) {
      throw new TypeError(`failing: ${name} may have the letters - # ! _, got ${JSON.stringify(other)}`);
    }
    let calls = 0;
    return (carryOut) => {
      const letter = left[calls++];
      if (letter === undefined || letter === '-') return carryOut();
      const error = new StorageError(`${name} (call ${calls} of a failing log)`, 'as scripted');
      if (letter === '#') return throwError(() => error);
      const answer = new ReplaySubject<T>();
      carryOut().subscribe(answer);
      return letter === '_' ? NEVER : answer.pipe(switchMap(() => throwError(() => error)));
    };
  };

  const append = play<AnswerOf<'append'>>('append', script.append);
  const read = play<AnswerOf<'read'>>('read', script.read);
  const end = play<AnswerOf<'end'>>('end', script.end);
  const claim = play<ClaimState>('claim', script.claim);
  const claimLog = log.claim?.bind(log);
  return {
    append: (events, options) => append(() => log.append(events, options)),
    read: (after, maxBytes) => read(() => log.read(after, maxBytes)),
    end: (how, options) => end(() => log.end(how, options)),
    ...(claimLog && { claim: (holder: string, lease: number) => claim(() => claimLog(holder, lease)) }),
    ...(log.shared && { shared: true }),
    wakes: log.wakes,
    close: () => log.close(),
  };
}

type AnswerOf<M extends 'append' | 'read' | 'end'> = ReturnType<EventLog[M]> extends Observable<infer T> ? T : never;
