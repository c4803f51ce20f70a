import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/** A handler of servers such as Hono, Bun and Deno. */
type WebHandler = (request: Request) => Promise<Response>;

/**
 * Serves a web handler with Node's `http`, as such servers do: the body is read
 * while the socket is not full, a client that disconnects aborts the request and cancels the
 * body, a body that fails cuts the connection, and a rejection is a bare 500.
 */
export function overFetch(handler: WebHandler): RequestListener {
  return async (incoming, outgoing) => {
    const disconnecting = new AbortController();
    const abort = (): void => disconnecting.abort();
    outgoing.on('close', abort);
    // The response to a pipelined request emits no close when its connection has closed.
    incoming.socket.setMaxListeners(0).on('close', abort);
    outgoing.on('close', () => incoming.socket.removeListener('close', abort));
    try {
      await send(await handler(requestOf(incoming, disconnecting.signal)), outgoing);
    } catch {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end();
    }
  };
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url, headers } = incoming;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`http://${headers.host}${url}`, {
    method,
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
    signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
  });
}

async function send({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(status, Object.fromEntries(headers));
  const reader = body?.getReader();
  outgoing.on('close', () => reader?.cancel().catch(() => {}));
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    if (outgoing.write(value) === false)
      await new Promise((resolve) => outgoing.once('drain', resolve).once('close', resolve));
  }
  outgoing.end();
}
