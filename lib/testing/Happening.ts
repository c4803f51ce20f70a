import { TestScheduler } from 'rxjs/testing';

/** One thing that happened, or should have. */
export interface Happening {
  /** Virtual milliseconds. */
  readonly at: number;
  /** In the words of a failure: `next`, `frame`, `complete`, ... */
  readonly kind: string;
  /** Its place in a diagram, such as `|`. Absent where a letter must be found for the value. */
  readonly mark?: string;
  /** Only where the kind has one. */
  readonly value?: unknown;
}

/** What RxJS records, and makes of a diagram. */
export type TestMessage = ReturnType<typeof TestScheduler.parseMarbles>[number];

/** Words for a value, a completion and an error. */
export interface Words {
  readonly N: string;
  readonly C: string;
  readonly E: string;
}

export const streamWords: Words = { N: 'next', C: 'complete', E: 'error' };

/** The happenings of RxJS's messages; `marbles`, where they were read from a diagram, gives the letters. */
export function happeningsOf(messages: readonly TestMessage[], words: Words, marbles?: string): Happening[] {
  const letters = marbles === undefined ? [] : lettersOf(marbles);
  return messages.map(({ frame, notification }, index) => {
    const kind = words[notification.kind];
    if (notification.kind === 'C') return { at: frame, kind, mark: '|' };
    if (notification.kind === 'E') return { at: frame, kind, mark: '#', value: notification.error };
    const letter = letters[index];
    return { at: frame, kind, value: notification.value, ...(letter === undefined ? {} : { mark: letter }) };
  });
}

/** The letter of each message of a diagram; whatever stands for `|` and `#` is not a letter and not asked for. */
export function lettersOf(marbles: string): readonly (string | undefined)[] {
  return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).map(({ notification }) =>
    notification.kind === 'N' ? String(notification.value) : undefined,
  );
}

interface SubscriptionTimes {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

/** The happenings of RxJS's subscription logs, log by log. */
export function happeningsOfLogs(logs: readonly SubscriptionTimes[]): Happening[] {
  return logs.flatMap(({ subscribedFrame, unsubscribedFrame }) => {
    const begin = { at: subscribedFrame, kind: 'subscribed', mark: '^' };
    return unsubscribedFrame === Infinity ? [begin] : [begin, { at: unsubscribedFrame, kind: 'left', mark: '!' }];
  });
}
