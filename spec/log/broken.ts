import { map, type Observable, ReplaySubject } from 'rxjs';
import type { EncodedEvent } from '../../lib/event/encodeEvent.ts';
import type { EventLog, Page } from '../../lib/log/EventLog.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import type { LogRetention } from '../../lib/testing/logCases/LogCase.ts';
import type { LogUnderTest, OpenLog } from '../../lib/testing/logSuite.ts';

export const sound = ({ entries }: LogRetention): LogUnderTest => {
  const log = memoryLog({ maxEntries: entries, maxBytes: 2 ** 26 });
  return { log, close: () => log.close() };
};

/** Returns a log that behaves like another one except for the given members. */
export const withOverrides = (log: EventLog, overrides: Partial<EventLog>): EventLog => {
  const claim = log.claim?.bind(log);
  return {
    append: (drafts, options) => log.append(drafts, options),
    read: (after, maxBytes) => log.read(after, maxBytes),
    wakes: log.wakes,
    end: (how, options) => log.end(how, options),
    close: () => log.close(),
    ...(claim && { claim }),
    ...(log.prefixEpochs && { prefixEpochs: log.prefixEpochs.bind(log) }),
    ...overrides,
  };
};

export const broken =
  (overrides: (log: EventLog) => Partial<EventLog>): OpenLog =>
  (retention) => {
    const tested = sound(retention);
    return { ...tested, log: withOverrides(tested.log, overrides(tested.log)) };
  };

export const brokenDrafts = (change: (draft: EncodedEvent) => EncodedEvent): OpenLog =>
  broken((log) => ({ append: (drafts, options) => log.append(drafts.map(change), options) }));

export const brokenPages = (change: (page: Page, after: number, maxBytes: number) => Page): OpenLog =>
  broken((log) => ({
    read: (after, maxBytes) => log.read(after, maxBytes).pipe(map((page) => change(page, after, maxBytes))),
  }));

/** Returns a log whose pages have an edited text. */
export const edited = (edit: (text: string) => string): OpenLog =>
  brokenPages((page) => ({ ...page, bytes: new TextEncoder().encode(edit(new TextDecoder().decode(page.bytes))) }));

/** Subscribes at once, and replays to later subscribers. */
export const started = <T>(answer: Observable<T>): Observable<T> => {
  const answers = new ReplaySubject<T>();
  answer.subscribe(answers);
  return answers;
};
