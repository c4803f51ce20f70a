import { kindOf } from './checkField.ts';

/**
 * The JSON text of a value; it has neither CR nor LF, since JSON escapes them.
 *
 * @throws TypeError when JSON has no text for it. What a `toJSON` or a getter of
 * the value throws goes through, unless it is itself a `TypeError`.
 * @internal
 */
export function jsonText(where: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const given = typeof value === 'bigint' ? 'a BigInt' : `${kindOf(value)} that holds a BigInt or, somewhere, itself`;
    throw new TypeError(`${where} must be JSON, got ${given}: give it as text, or leave it out`, { cause });
  }
  if (text === undefined) {
    throw new TypeError(`${where} must be JSON, got ${kindOf(value)}, which JSON leaves out: give null for nothing`);
  }
  return text;
}
