import { TestScheduler } from 'rxjs/testing';
import type { TestMessage } from './Happening.ts';

/** What a diagram says, a character a millisecond, inside a run and outside of one. */
export function parseDiagram(marbles: string): readonly TestMessage[] {
  const { frameTimeFactor } = TestScheduler;
  TestScheduler.frameTimeFactor = 1;
  try {
    return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true);
  } finally {
    TestScheduler.frameTimeFactor = frameTimeFactor;
  }
}
