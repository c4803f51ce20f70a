import { shorten } from '../data/shorten.ts';
import { ConnectionError } from '../error/ConnectionError.ts';
import type { ClientFetchOptions, HeadersLike, RequestTarget } from './FromSseOptions.ts';

/** The parts of one request that differ from connection to connection. */
interface RequestParts {
  readonly target: RequestTarget;
  readonly headers: HeadersLike;
  readonly lastEventId: string;
  /** Whether a 503 is followed by another request, so that the server may send it. */
  readonly acceptsRefusal: boolean;
}

/**
 * Prepares a request and returns the function that sends it.
 *
 * @throws ConnectionError with the reason `request` if no fetch can ever send it.
 */
export function prepareRequest(
  parts: RequestParts,
  options: ClientFetchOptions,
  signal: AbortSignal,
): () => PromiseLike<Response> {
  try {
    const { target } = parts;
    const { method, credentials, body, fetch: customFetch } = options;
    const input = target instanceof Request ? target.clone() : String(target);
    const init = {
      // Makes fetch itself send `Cache-Control: no-cache`, which as a header of ours would need a CORS preflight.
      cache: 'no-store' as const,
      signal,
      headers: createHeaders(parts),
      // A member that is undefined counts as absent: https://webidl.spec.whatwg.org/#es-dictionary
      method,
      credentials,
      body: typeof body === 'function' ? body() : body,
      duplex: 'half',
    } as RequestInit;
    if (customFetch !== undefined) return () => customFetch(input, init);
    const request = new Request(input, init);
    const { protocol, port } = new URL(request.url);
    if (blockedPort.test(port)) throw new TypeError(`fetch blocks port ${port}`);
    if (!/^(https?|data|blob):$/.test(protocol)) throw new TypeError(`fetch does not support ${protocol}`);
    return () => fetch(request);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectionError('request', `fetch cannot send the request: ${message}`, { cause });
  }
}

/**
 * The ports that fetch refuses, so that a page cannot speak to a server of another protocol.
 *
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
const blockedPort =
  /^(0|[179]|1[13579]|2[01235]|37|4[23]|53|69|7[79]|87|95|10[1-49]|11[013579]|123|13[579]|143|161|179|389|427|465|51[2-5]|526|53[0-2]|54[08]|55[46]|563|587|601|636|989|99[035]|1719|172[03]|2049|3659|4045|4190|506[01]|6000|6566|666[5-9]|6679|6697|10080)$/;

function createHeaders({ target, headers, lastEventId, acceptsRefusal }: RequestParts): Headers {
  const all = new Headers(target instanceof Request ? target.headers : undefined);
  if (acceptsRefusal && isSameOrigin(target)) all.set('Rxsse-Client', '1');
  if (!all.has('Accept')) all.set('Accept', 'text/event-stream');
  new Headers(headers).forEach((value, name) => {
    all.set(name, value);
  });
  const position = headerValue(lastEventId);
  if (position !== undefined) all.set('Last-Event-ID', position);
  return all;
}

/** Returns a URL for messages: without its query, which may hold secrets. */
export function shownUrl(target: RequestTarget): string {
  return shorten(`${target instanceof Request ? target.url : target}`.replace(/[?#].*/s, ''), 80);
}

/** Returns true if a page may send a header of our own to the target without a CORS preflight. */
export function isSameOrigin(target: RequestTarget): boolean {
  const { location } = globalThis as { readonly location?: { readonly href: string; readonly origin: string } };
  if (location === undefined) return true;
  return new URL(target instanceof Request ? target.url : target, location.href).origin === location.origin;
}

/**
 * Returns an id that can be sent as the value of a header: its UTF-8 bytes, each as the character that fetch sends as that
 * byte, without spaces and tabs at its ends, which every browser removes as well. `undefined` where nothing remains.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5
 */
function headerValue(lastEventId: string): string | undefined {
  let value = '';
  for (const byte of new TextEncoder().encode(lastEventId)) value += String.fromCharCode(byte);
  return value.replace(/^[\t ]+|[\t ]+$/g, '') || undefined;
}
