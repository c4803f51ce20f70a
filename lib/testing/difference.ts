import { drawBoth } from './drawBoth.ts';
import type { Happening } from './Happening.ts';
import { textOf } from './Marks.ts';
import { sameValue } from './sameValue.ts';
import { type Site, testFailure } from './testFailure.ts';

/** Returns the failure of an assertion, or `undefined` when everything is as expected. */
export function difference(
  { name, site }: { readonly name: string; readonly site?: Site },
  actual: readonly Happening[],
  expected: readonly Happening[],
  remark = '',
): Error | undefined {
  const at = firstDifference(actual, expected);
  if (at === undefined) return undefined;
  const message = `${name}: the first difference is at ${at} ms${remark}\n\n${drawBoth(expected, actual, at)}\n`;
  return testFailure(message, site, { actual: listingOf(actual), expected: listingOf(expected) });
}

function firstDifference(actual: readonly Happening[], expected: readonly Happening[]): number | undefined {
  const length = Math.max(actual.length, expected.length);
  for (let index = 0; index < length; index++) {
    const [a, e] = [actual[index], expected[index]];
    if (a && e && isSame(a, e)) continue;
    return Math.min(a?.at ?? Infinity, e?.at ?? Infinity);
  }
  return undefined;
}

function isSame(a: Happening, b: Happening): boolean {
  return a.at === b.at && a.kind === b.kind && sameValue(a.value, b.value);
}

/** Returns one line for each record, for the difference that the test runner shows. */
function listingOf(happenings: readonly Happening[]): string {
  return happenings.map(lineOf).join('\n');
}

function lineOf(happening: Happening): string {
  const what = `${happening.at}ms ${happening.kind}`;
  return 'value' in happening ? `${what} ${textOf(happening.value)}` : what;
}
