import { kindOf } from '../data/kindOf.ts';
import type { ResponseHeaders } from './SseOptions.ts';

/** A token of RFC 9110. */
const validName = /^[\w!#$%&'*+.^`|~-]+$/;

/** Matches a line break, and every other character that Node refuses to send. */
const invalidCharacter = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Merges the headers of the option `headers` into those of the library. One of the same name, in whatever case,
 * replaces the library's; the content type of a stream stays, and `Vary` is added to.
 *
 * @throws TypeError for a name or a value that cannot be a header: a CR or LF in it would let its text add headers.
 */
export function mergeHeaders(base: ResponseHeaders, own: ResponseHeaders): ResponseHeaders {
  if (kindOf(own) !== 'object') throw new TypeError(`sse: headers must be a record of strings, got ${kindOf(own)}`);
  const replaced = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  replaced.delete('content-type');
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) if (!replaced.has(name.toLowerCase())) merged[name] = value;
  for (const [name, value] of Object.entries(own)) {
    checkHeader(name, value);
    // What the library's answer depends on stays beside what the program's does.
    if (name.toLowerCase() === 'vary' && base.Vary !== undefined) merged[name] = `${value}, ${base.Vary}`;
    else if (name.toLowerCase() !== 'content-type') merged[name] = value;
  }
  return merged;
}

function checkHeader(name: string, value: unknown): void {
  if (!validName.test(name)) {
    throw new TypeError(`sse: headers must have names of letters, digits and hyphens, got ${JSON.stringify(name)}`);
  }
  if (typeof value !== 'string') throw new TypeError(`sse: headers.${name} must be a string, got ${kindOf(value)}`);
  if (invalidCharacter.test(value)) {
    throw new TypeError(`sse: headers.${name} must be one line of Latin-1 text; encode other characters`);
  }
}
