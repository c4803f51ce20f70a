import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connects to a port and disconnects; resolves when the socket has closed. */
type Disconnect = (port: number, path: string) => Promise<void>;

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: soak\r\n\r\n`;

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

/** Reads until the text matches, and then disconnects. */
function after(what: RegExp, disconnect: (socket: Socket) => unknown): Disconnect {
  return async (port, path) => {
    const socket = await opened(port);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
      if (what.test(text)) disconnect(socket);
    });
    socket.write(request(path));
    await closed(socket);
  };
}

const reset = (socket: Socket): unknown => socket.resetAndDestroy();

export const disconnects: Readonly<Record<string, Disconnect>> = {
  'destroyed after the first event': after(/data: "/, (socket) => socket.destroy()),
  'ended after the first event': after(/data: "/, (socket) => socket.end()),
  'reset half-way': after(/rxsse|retry/, reset),
  'before the head': async (port, path) => {
    const socket = await opened(port);
    socket.write(request(path), () => socket.destroy());
    await closed(socket);
  },
  'with half a request': async (port, path) => {
    const socket = await opened(port);
    socket.write(request(path).slice(0, -2), () => socket.destroy());
    await closed(socket);
  },
};

/** Does not read, and disconnects when the server's socket is full. */
export async function whileBusy(port: number, path: string, isFull: () => Promise<unknown>): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  // Paused before it is connected, since Node would read a first chunk.
  socket.pause();
  socket.write(request(path));
  await isFull();
  socket.destroy();
  await closed(socket);
}
