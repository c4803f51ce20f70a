import { once } from 'node:events';
import { connect } from 'node:net';
import { closing } from './closing.ts';

interface RawSocket {
  /** Returns the bytes that have been received so far, one character each. */
  text(): string;
  send(...lines: readonly string[]): void;
  /** Resolves with the text so far when it contains the pattern; rejects when the server closes before. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with the text when the server has closed. */
  closed(): Promise<string>;
  close(): void;
}

/** Opens one connection to a server while the callback runs, for requests that a spec writes byte by byte. */
export async function rawSocket<T>(url: string, use: (socket: RawSocket) => Promise<T>): Promise<T> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  let isClosed = false;
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  // A reset emits close as well.
  socket.on('error', () => {});
  const closed = once(socket, 'close').then(() => {
    isClosed = true;
  });
  const raw: RawSocket = {
    text: () => text,
    send: (...lines) => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    },
    until: async (pattern) => {
      while (text.search(pattern) === -1) {
        if (isClosed) throw new Error(`waited for ${pattern}; received: ${JSON.stringify(text)}`);
        await Promise.race([once(socket, 'data'), closed]);
      }
      return text;
    },
    closed: async () => {
      await closed;
      return text;
    },
    close: () => {
      socket.destroy();
    },
  };
  const close = async (): Promise<void> => {
    socket.destroy();
  };
  return closing(close, () => use(raw));
}
