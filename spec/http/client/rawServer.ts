import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { closing } from '../../support/closing.ts';

/** One request, byte by byte. */
export interface RawRequest {
  /** The request line and the headers, each byte as one character. */
  readonly head: string;
  readonly body: string;
  readonly socket: Socket;
  /** Resolves when the socket is closed, by either side. */
  readonly closed: Promise<void>;
  /** Returns the value of a header, each byte as one character; `undefined` if it was not sent. */
  header(name: string): string | undefined;
}

/** Responds to one request. */
export type Responder = (request: RawRequest) => void;

interface RawServer {
  readonly url: string;
  /** All requests so far, in order. */
  readonly requests: readonly RawRequest[];
  /** Resolves to the request with that index when it was received. */
  request(index: number): Promise<RawRequest>;
}

/**
 * Runs a server that responds with exact bytes while the callback runs: the first responder gets the first request, and
 * so on; the last one also gets all requests after.
 */
export async function rawServer<T>(
  responders: readonly [Responder, ...Responder[]],
  use: (server: RawServer) => T | Promise<T>,
): Promise<T> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => {
        sockets.delete(socket);
        resolve();
      });
    });
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = text.slice(0, end + 2);
      const length = Number(headerIn(head, 'content-length') ?? 0);
      const isChunked = headerIn(head, 'transfer-encoding') === 'chunked';
      if (isChunked ? !text.endsWith('0\r\n\r\n') : text.length < end + 4 + length) return;
      const body = text.slice(end + 4);
      text = '';
      const request = { head, body, socket, closed, header: (name: string) => headerIn(head, name) };
      requests.push(request);
      const respond = responders[requests.length - 1] ?? responders[responders.length - 1];
      respond?.(request);
      for (const check of [...waiting]) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });
  const request = (index: number): Promise<RawRequest> =>
    new Promise((resolve) => {
      const check = (): void => {
        const found = requests[index];
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return closing(close, () => use({ url, requests, request }));
}

function headerIn(head: string, name: string): string | undefined {
  return new RegExp(`\r\n${name}: ?(.*?)\r\n`, 'i').exec(head)?.[1];
}

const streamHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n';

/** Responds with a stream that starts with a text and stays open. */
export const open =
  (text: string | Uint8Array, headers = ''): Responder =>
  ({ socket }) => {
    socket.write(`${streamHead}${headers}\r\n`);
    socket.write(text);
  };

/** Responds with a complete stream. */
export const ended =
  (text: string, headers = ''): Responder =>
  ({ socket }) => {
    socket.end(`${streamHead}${headers}\r\n${text}`);
  };

/** Responds with a stream that is cut off: its Content-Length promises more. */
export const cut = (text: string): Responder => {
  const head = `${streamHead}Content-Length: ${text.length + 1000}\r\n\r\n`;
  return ({ socket }) => {
    // The reset must not overtake the bytes that were written before it.
    socket.write(head + text, () => setImmediate(() => socket.destroy()));
  };
};

/** Responds with a status other than 200. */
export const status =
  (line: string, headers = '', body = ''): Responder =>
  ({ socket }) => {
    const length = line.startsWith('204') ? '' : `Content-Length: ${body.length}\r\n`;
    socket.end(`HTTP/1.1 ${line}\r\n${length}Connection: close\r\n${headers}\r\n${body}`);
  };

/** Resets the socket without a response. */
export const reset: Responder = ({ socket }) => {
  socket.resetAndDestroy();
};
