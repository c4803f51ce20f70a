import { Readable } from 'node:stream';
import { isRight } from 'fp-ts/lib/Either.js';
import { parseBody, refusedEncoding } from '../adapter/jsonBody.ts';
import type { SseRequest } from '../sink/SseRequest.ts';

/** A request as a Node server creates it. */
export interface Incoming {
  readonly request: SseRequest;
  /** Disconnects the client. */
  disconnect(): void;
}

/**
 * Converts a web request whose body has arrived into a Node request: a stream of its bytes, and with `json` the `body`
 * that `express.json()` sets.
 *
 * @param bytes absent where the request has no body
 */
export function incomingOf(source: Request, bytes: Uint8Array | undefined, json: boolean): Incoming {
  const { pathname, search } = new URL(source.url);
  const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) };
  const headers = { ...Object.fromEntries(source.headers), ...length };
  const head: SseRequest = { method: source.method, url: pathname + search, headers };
  if (source.method === 'GET' || source.method === 'HEAD') return { request: head, disconnect: () => {} };

  // The body is complete: nothing is read on demand.
  const stream = new Readable({ read: () => {} });
  if (bytes !== undefined && bytes.length > 0) stream.push(bytes);
  stream.push(null);
  const parsed = json && bytes !== undefined && refusedEncoding(headers) === undefined ? parseBody(bytes) : undefined;
  const body = parsed !== undefined && isRight(parsed) ? { body: parsed.right } : {};
  return { request: Object.assign(stream, head, body), disconnect: () => void stream.destroy() };
}
