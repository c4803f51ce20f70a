import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { SseRequest } from './exchange.ts';
import { type ReceiveRequest, readBody } from './readBody.ts';
import type { Refusal } from './refuse.ts';

const json = /^\s*application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Gives the body of a request: as a parser before the route left it in
 * `request.body`, or else read here, as JSON and nothing else. A page of another
 * site can send a form, but no JSON without a preflight.
 *
 * @throws TypeError when there is neither.
 */
export function jsonBody(request: ReceiveRequest, limit: number, done: (body: Either<Refusal, unknown>) => void): void {
  if (request.body !== undefined) return done(right(request.body));
  const unreadable = refusedEncoding(request.headers);
  if (unreadable !== undefined) return done(left(unreadable));
  readBody(request, limit, (bytes) => done(isLeft(bytes) ? bytes : parseJson(bytes.right)));
}

/** Why the body is in no form that is read here. */
export function refusedEncoding(headers: SseRequest['headers']): Refusal | undefined {
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = headers;
  if (typeof type !== 'string' || !json.test(type)) {
    const got = type === undefined ? 'none' : 'another';
    return { status: 415, issues: [{ path: 'headers.content-type', expected: 'application/json', got }] };
  }
  if (encoding === 'identity') return undefined;
  return { status: 415, issues: [{ path: 'headers.content-encoding', expected: 'none', got: 'one' }] };
}

/** What the bytes say, or why they say nothing. */
export function parseJson(bytes: Uint8Array): Either<Refusal, unknown> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return broken('UTF-8', 'other bytes');
  }
  try {
    return right(JSON.parse(text));
  } catch {
    return broken('JSON', text === '' ? 'nothing' : 'other text');
  }
}

function broken(expected: string, got: string): Either<Refusal, never> {
  return left({ status: 400, issues: [{ path: 'body', expected, got }] });
}
