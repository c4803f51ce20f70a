import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';

/** The scheme of URLs that specs request over HTTP/2 without TLS. */
const scheme = 'h2c:';

export function isHttp2(url: string | URL): boolean {
  return String(url).startsWith(scheme);
}

/** The session of each server, which all requests to it share as in a browser. */
const sessions = new Map<string, ClientHttp2Session>();

function sessionTo(host: string): ClientHttp2Session {
  const known = sessions.get(host);
  if (known !== undefined) return known;
  const session = connect(`http://${host}`);
  const forget = (): void => {
    if (sessions.get(host) === session) sessions.delete(host);
  };
  sessions.set(host, session);
  session.on('goaway', forget);
  session.on('close', forget);
  // Each stream emits the error as well.
  session.on('error', forget);
  return session;
}

interface Http2Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, number | string | readonly string[] | undefined>>;
  readonly body?: string;
}

interface Http2Response {
  readonly stream: ClientHttp2Stream;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Returns whether the server ended the stream, and did not reset it. */
export function isWhole({ rstCode }: ClientHttp2Stream): boolean {
  return (rstCode ?? 0) === constants.NGHTTP2_NO_ERROR;
}

/** Sends one request, and resolves when the headers were received. */
export function ask(
  url: string | URL,
  { method = 'GET', headers = {}, body }: Http2Request = {},
  started: (stream: ClientHttp2Stream) => void = () => {},
): Promise<Http2Response> {
  const { host, pathname, search } = new URL(String(url).replace(scheme, 'http:'));
  return new Promise((resolve, reject) => {
    const stream = sessionTo(host).request(
      { ':method': method, ':path': pathname + search, ...headers },
      { endStream: body === undefined },
    );
    started(stream);
    stream.on('response', ({ ':status': status = 0, ...received }) => resolve({ stream, status, headers: received }));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error(`the stream was closed with code ${stream.rstCode}`)));
    if (body !== undefined) stream.end(body);
  });
}

/** Fetches a URL of either protocol. */
export async function fetchOver(url: string | URL, init: RequestInit = {}): Promise<Response> {
  if (!isHttp2(url)) return fetch(url, init);
  const { signal, body } = init;
  const http2Request: Http2Request = {
    method: init.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(typeof body === 'string' ? { body } : {}),
  };
  const { stream, status, headers } = await ask(url, http2Request, (started) => {
    const cancel = (): void => started.close(constants.NGHTTP2_CANCEL);
    signal?.addEventListener('abort', cancel);
    started.on('close', () => signal?.removeEventListener('abort', cancel));
  });
  const hasBody = http2Request.method !== 'HEAD' && status !== 204;
  if (!hasBody) stream.resume();
  const received = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
  return new Response(hasBody ? bodyOf(stream) : null, { status, headers: received });
}

function bodyOf(stream: ClientHttp2Stream): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      let isEnded = false;
      stream.on('data', (chunk: Uint8Array) => {
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) stream.pause();
      });
      stream.on('end', () => {
        isEnded = isWhole(stream);
        if (isEnded) controller.close();
      });
      stream.on('close', () => {
        if (!isEnded) controller.error(new TypeError('terminated'));
        isEnded = true;
      });
    },
    pull: () => {
      stream.resume();
    },
    cancel: () => stream.close(constants.NGHTTP2_CANCEL),
  });
}
