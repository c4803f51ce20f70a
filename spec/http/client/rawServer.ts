import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { closing } from '../../support/closing.ts';

/** One request, byte by byte. */
export interface Asked {
  /** Request line and headers, each byte one character. */
  readonly head: string;
  readonly body: string;
  readonly socket: Socket;
  /** Resolves when the socket is gone, whoever closed it. */
  readonly gone: Promise<void>;
  /** The value of a header, each byte one character; `undefined` where it was not sent. */
  header(name: string): string | undefined;
}

/** What one request gets. */
export type Answer = (asked: Asked) => void;

export interface RawServer {
  readonly url: string;
  /** All requests so far, in order. */
  readonly asked: readonly Asked[];
  /** Resolves with the request of that number, from 0, when it is there. */
  request(index: number): Promise<Asked>;
}

/**
 * Answers requests with exact bytes while the callback runs: the first with the
 * first answer, and so on; the last one is given again and again.
 */
export async function rawServer<T>(
  answers: readonly [Answer, ...Answer[]],
  use: (server: RawServer) => T | Promise<T>,
): Promise<T> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const gone = new Promise<void>((resolve) => {
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
      const chunked = headerIn(head, 'transfer-encoding') === 'chunked';
      if (chunked ? !text.endsWith('0\r\n\r\n') : text.length < end + 4 + length) return;
      const request = { head, body: text.slice(end + 4), socket, gone, header: (name: string) => headerIn(head, name) };
      text = '';
      asked.push(request);
      const answer = answers[asked.length - 1] ?? answers[answers.length - 1];
      answer?.(request);
      for (const look of [...waiting]) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });
  const request = (index: number): Promise<Asked> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = asked[index];
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return closing(close, () => use({ url, asked, request }));
}

function headerIn(head: string, name: string): string | undefined {
  return new RegExp(`\r\n${name}: ?(.*?)\r\n`, 'i').exec(head)?.[1];
}

const plain = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n';

/** A stream that begins with a text, and stays open. */
export const open =
  (text: string | Uint8Array, headers = ''): Answer =>
  ({ socket }) => {
    socket.write(`${plain}${headers}\r\n`);
    socket.write(text);
  };

/** A stream of a text, properly ended. */
export const ended =
  (text: string, headers = ''): Answer =>
  ({ socket }) => {
    socket.end(`${plain}${headers}\r\n${text}`);
  };

/** A stream that is cut in the middle: its length says that there would be more. */
export const cut = (text: string): Answer => {
  const head = `${plain}Content-Length: ${text.length + 1000}\r\n\r\n`;
  return ({ socket }) => {
    // The reset must not overtake what was written before it.
    socket.write(head + text, () => setImmediate(() => socket.destroy()));
  };
};

/** An answer that is no stream. */
export const status =
  (line: string, headers = '', body = ''): Answer =>
  ({ socket }) => {
    const length = line.startsWith('204') ? '' : `Content-Length: ${body.length}\r\n`;
    socket.end(`HTTP/1.1 ${line}\r\n${length}Connection: close\r\n${headers}\r\n${body}`);
  };

/** No answer: the socket is reset. */
export const reset: Answer = ({ socket }) => {
  socket.resetAndDestroy();
};
