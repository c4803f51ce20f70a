import { once } from 'node:events';
import { connect } from 'node:net';
import { closing } from './closing.ts';

interface RawSocket {
  /** All bytes that have come so far, one character each. */
  text(): string;
  send(...lines: readonly string[]): void;
  /** Resolves with all that has come, as soon as the pattern is in it; rejects when the server closes before. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with all that came when the server has closed. */
  closed(): Promise<string>;
  close(): void;
}

/** One connection to a server while the callback runs, with requests as one writes them. */
export async function rawSocket<T>(url: string, use: (socket: RawSocket) => Promise<T>): Promise<T> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  let isOver = false;
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  // A reset is heard as a close.
  socket.on('error', () => {});
  const over = once(socket, 'close').then(() => {
    isOver = true;
  });
  const raw: RawSocket = {
    text: () => text,
    send: (...lines) => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    },
    until: async (pattern) => {
      while (text.search(pattern) === -1) {
        if (isOver) throw new Error(`waited for ${pattern}; what came: ${JSON.stringify(text)}`);
        await Promise.race([once(socket, 'data'), over]);
      }
      return text;
    },
    closed: async () => {
      await over;
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
