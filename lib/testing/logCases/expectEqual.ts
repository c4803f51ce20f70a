import { isDeepStrictEqual } from 'node:util';
import { textOf } from '../Marks.ts';
import { siteOf, testFailure } from '../testFailure.ts';

/** Fails unless two values are deeply equal. It uses no assertion library, so that the suite runs beside any. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const [got, wanted] = [textOf(actual), textOf(expected)];
  const message = `${what}: expected ${shortText(wanted)}, got ${shortText(got)}`;
  throw testFailure(message, siteOf(expectEqual), { actual: got, expected: wanted });
}

/** Fails unless the condition is true. */
export function expectTrue(what: string, isTrue: boolean): void {
  if (!isTrue) throw testFailure(what, siteOf(expectTrue));
}

function shortText(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
