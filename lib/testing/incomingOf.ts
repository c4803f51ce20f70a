import { Readable } from 'node:stream';
import { isRight } from 'fp-ts/lib/Either.js';
import { parseBody, refusedEncoding } from '../adapter/jsonBody.ts';
import type { SseRequest } from '../sink/SseRequest.ts';

/** A request as it comes to a server of Node. */
export interface Incoming {
  readonly request: SseRequest;
  /** The client is gone. */
  leave(): void;
}

/**
 * What a server of Node makes of a web request whose body has come: a stream of
 * its bytes, and with `json` what `express.json()` leaves in `body`.
 *
 * @param bytes absent where the request has no body.
 */
export function incomingOf(asked: Request, bytes: Uint8Array | undefined, json: boolean): Incoming {
  const { pathname, search } = new URL(asked.url);
  const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) };
  const headers = { ...Object.fromEntries(asked.headers), ...length };
  const head: SseRequest = { method: asked.method, url: pathname + search, headers };
  if (asked.method === 'GET' || asked.method === 'HEAD') return { request: head, leave: () => {} };

  // It is there as a whole: nothing is asked for.
  const stream = new Readable({ read: () => {} });
  if (bytes !== undefined && bytes.length > 0) stream.push(bytes);
  stream.push(null);
  const parsed = json && bytes !== undefined && refusedEncoding(headers) === undefined ? parseBody(bytes) : undefined;
  const body = parsed !== undefined && isRight(parsed) ? { body: parsed.right } : {};
  return { request: Object.assign(stream, head, body), leave: () => void stream.destroy() };
}
