import { ConnectionError } from '../error/ConnectionError.ts';
import type { Fetch, FromSseOptions, HeadersLike, RequestTarget } from './FromSseOptions.ts';
import { isServedPort } from './isServedPort.ts';
import { headerOf } from './lastEventIdHeader.ts';

/** What one request is made of. */
export interface Asking {
  readonly target: RequestTarget;
  readonly headers: HeadersLike;
  readonly lastEventId: string;
  /** Whether a status such as 503 is tried again, and so may be answered. */
  readonly takesRefusals: boolean;
}

/**
 * Prepares a request; what it gives sends it.
 *
 * @throws ConnectionError when no fetch can ever serve it.
 */
export function requestOf(asking: Asking, options: FromSseOptions, signal: AbortSignal): () => PromiseLike<Response> {
  try {
    const { target } = asking;
    const input = target instanceof Request ? target.clone() : String(target);
    const { method, credentials, body: given } = options;
    const body = typeof given === 'function' ? given() : given;
    const init = {
      // With it fetch itself sends `Cache-Control: no-cache`, which as a header of ours would need leave across origins.
      cache: 'no-store' as const,
      signal,
      headers: headersOf(asking),
      // Without one of them it is as if it were not there: https://webidl.spec.whatwg.org/#es-dictionary
      method,
      credentials,
      body,
      duplex: 'half',
    } as RequestInit;
    const custom: Fetch | undefined = options.fetch;
    if (custom !== undefined) return () => custom(input, init);
    const request = new Request(input, init);
    const { protocol, port } = new URL(request.url);
    if (!isServedPort(port)) throw new TypeError(`port ${port} is blocked`);
    if (!/^(https?|data|blob):$/.test(protocol)) throw new TypeError(`${protocol} is not fetched`);
    return () => fetch(request);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectionError('request', `no fetch can serve this: ${why}`, { cause });
  }
}

function headersOf({ target, headers, lastEventId, takesRefusals }: Asking): Headers {
  const all = new Headers(target instanceof Request ? target.headers : undefined);
  if (takesRefusals && isOwn(target)) all.set('Rxsse-Client', '1');
  if (!all.has('Accept')) all.set('Accept', 'text/event-stream');
  new Headers(headers).forEach((value, name) => {
    all.set(name, value);
  });
  const position = headerOf(lastEventId);
  if (position !== undefined) all.set('Last-Event-ID', position);
  return all;
}

/** Whether the page may send a header of its own to it without asking its server for leave. */
function isOwn(target: RequestTarget): boolean {
  const { location } = globalThis as { readonly location?: { readonly href: string; readonly origin: string } };
  if (location === undefined) return true;
  return new URL(target instanceof Request ? target.url : target, location.href).origin === location.origin;
}
