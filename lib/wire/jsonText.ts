import { kindOf } from '../data/kindOf.ts';

/**
 * Returns the JSON text of a value. It contains neither CR nor LF, which JSON escapes.
 *
 * @throws TypeError when JSON cannot represent the value. An error of a `toJSON` or a getter passes through, unless it
 * is a `TypeError` itself.
 * @internal
 */
export function jsonText(where: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const got = typeof value === 'bigint' ? 'bigint' : `${kindOf(value)} with a BigInt or a circular reference`;
    throw new TypeError(`${where} must be JSON, got ${got}; convert it to text, or leave it out`, { cause });
  }
  if (text === undefined) {
    throw new TypeError(`${where} must be JSON, got ${kindOf(value)}, which JSON leaves out; use null instead`);
  }
  return text;
}
