import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { Refusal } from '../sink/refuse.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import { exceededLimit } from './exceededLimit.ts';

const jsonType = /^\s*application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i;

const utf8Decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Returns why a body is refused for its type, or `undefined`: it must be JSON, whichever parser reads it. A page of another origin
 * can send a form, but no JSON without a preflight.
 */
export function refusedType({ 'content-type': type }: SseRequest['headers']): Refusal | undefined {
  if (typeof type === 'string' && jsonType.test(type)) return undefined;
  const got = type === undefined ? 'none' : 'another';
  return { status: 415, issues: [{ path: 'headers.content-type', expected: 'application/json', got }] };
}

/** Returns why the body of a request is not read, or `undefined`: it must be JSON, and not compressed. */
export function refusedEncoding(headers: SseRequest['headers']): Refusal | undefined {
  const refusal = refusedType(headers);
  if (refusal !== undefined) return refusal;
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding === 'identity') return undefined;
  return { status: 415, issues: [{ path: 'headers.content-encoding', expected: 'none', got: 'one' }] };
}

/** Returns the refusal of a body that is larger than the bound. */
export function tooLarge(maxBodyBytes: number): Refusal {
  return { status: 413, issues: [{ path: 'body', expected: `at most ${maxBodyBytes} bytes`, got: 'more' }] };
}

/** Parses the bytes of a body as JSON, or returns why they are not. */
export function parseBody(bytes: Uint8Array): Either<Refusal, unknown> {
  const limit = exceededLimit(bytes);
  if (limit !== undefined) return left({ status: 413, issues: [{ path: 'body', expected: limit, got: 'more' }] });
  let text: string;
  try {
    text = utf8Decoder.decode(bytes);
  } catch {
    return badBody('UTF-8', 'other bytes');
  }
  try {
    return right(JSON.parse(text));
  } catch {
    return badBody('JSON', text === '' ? 'nothing' : 'other text');
  }
}

function badBody(expected: string, got: string): Either<Refusal, never> {
  return left({ status: 400, issues: [{ path: 'body', expected, got }] });
}
