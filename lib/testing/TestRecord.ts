import { TestScheduler } from 'rxjs/testing';

/** One notification, frame or subscription, observed or expected. */
export interface TestRecord {
  /** Virtual milliseconds. */
  readonly at: number;
  /** The kind, as a failure names it: `next`, `frame`, `complete`, ... */
  readonly kind: string;
  /** Its character in a diagram, such as `|`. Absent where the value needs a letter. */
  readonly mark?: string;
  /** Present only where the kind has one. */
  readonly value?: unknown;
}

/** A record of RxJS, also of a diagram. */
export type TestMessage = ReturnType<typeof TestScheduler.parseMarbles>[number];

/** The kinds of a value, a completion and an error. */
export interface KindNames {
  readonly N: string;
  readonly C: string;
  readonly E: string;
}

export const streamKinds: KindNames = { N: 'next', C: 'complete', E: 'error' };

/** Converts RxJS's messages; `marbles` provides the letters, where they come from a diagram. */
export function recordsOf(messages: readonly TestMessage[], kindNames: KindNames, marbles?: string): TestRecord[] {
  const letters = marbles === undefined ? [] : lettersOf(marbles);
  return messages.map(({ frame, notification }, index) => {
    const kind = kindNames[notification.kind];
    if (notification.kind === 'C') return { at: frame, kind, mark: '|' };
    if (notification.kind === 'E') return { at: frame, kind, mark: '#', value: notification.error };
    const letter = letters[index];
    return { at: frame, kind, value: notification.value, ...(letter === undefined ? {} : { mark: letter }) };
  });
}

/** Returns the letter of each message of a diagram; `|` and `#` have none. */
export function lettersOf(marbles: string): readonly (string | undefined)[] {
  return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).map(({ notification }) =>
    notification.kind === 'N' ? String(notification.value) : undefined,
  );
}

interface SubscriptionTimes {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

/** Converts RxJS's subscription logs, log by log. */
export function recordsOfLogs(logs: readonly SubscriptionTimes[]): TestRecord[] {
  return logs.flatMap(({ subscribedFrame, unsubscribedFrame }) => {
    const begin = { at: subscribedFrame, kind: 'subscribed', mark: '^' };
    return unsubscribedFrame === Infinity ? [begin] : [begin, { at: unsubscribedFrame, kind: 'left', mark: '!' }];
  });
}

/** Parses a diagram, one millisecond for each character, inside and outside of a run. */
export function parseDiagram(marbles: string): readonly TestMessage[] {
  const { frameTimeFactor } = TestScheduler;
  TestScheduler.frameTimeFactor = 1;
  try {
    return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true);
  } finally {
    TestScheduler.frameTimeFactor = frameTimeFactor;
  }
}
