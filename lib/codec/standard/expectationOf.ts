import type { StandardIssue } from './StandardSchema.ts';

/** An issue of valibot, arktype or zod, which says what was expected without the value. */
interface Expecting extends StandardIssue {
  readonly expected?: unknown;
}

/** The usual message of zod, valibot and Effect, which may end in what was received. */
const usual = /\bexpected (.*?)(?:,? (?:but )?(?:received|got|actual) .*)?$/is;

/** The messages of zod and valibot for a format: `Invalid UUID`, or `Invalid UUID: Received "x"`. */
const invalid = /^invalid ([\w ]+?)(?:: received .*)?$/is;

/** The end of the usual message of arktype, which is also what its unions expect. */
const was = / \(was .*$/s;

/**
 * Returns what an issue expects of a value, in words that do not repeat the value; `undefined` where the message does. Each
 * library puts the value into its messages in a way of its own.
 */
export function expectationOf(issue: Expecting, value: unknown): string | undefined {
  const { expected, message } = issue;
  // A message that does not contain it is the program's own.
  const isOwn = typeof expected !== 'string' || !message.includes(expected);
  const text = (isOwn ? (usual.exec(message)?.[1] ?? message.replace(invalid, 'a valid $1')) : expected).replace(
    was,
    '',
  );
  const shown = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (text === '' || (shown.length > 3 && text.includes(shown))) return undefined;
  // The message may name keys, which a sender chooses.
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�');
}
