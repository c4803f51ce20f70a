import { TestScheduler } from 'rxjs/testing';
import type { TestMessage } from './Happening.ts';

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
