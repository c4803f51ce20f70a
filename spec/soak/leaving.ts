import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connects to a port and leaves, one way or another; resolves when the socket is gone. */
type Leaving = (port: number, path: string) => Promise<void>;

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: soak\r\n\r\n`;

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function gone(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

/** Reads so much before it leaves as the callback says. */
function after(what: RegExp, leave: (socket: Socket) => unknown): Leaving {
  return async (port, path) => {
    const socket = await opened(port);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
      if (what.test(text)) leave(socket);
    });
    socket.write(request(path));
    await gone(socket);
  };
}

const wayOff = (socket: Socket): unknown => socket.resetAndDestroy();

export const leavings: Readonly<Record<string, Leaving>> = {
  'destroyed after the first event': after(/data: "/, (socket) => socket.destroy()),
  'ended after the first event': after(/data: "/, (socket) => socket.end()),
  'reset half-way': after(/rxsse|retry/, wayOff),
  'before the head': async (port, path) => {
    const socket = await opened(port);
    socket.write(request(path), () => socket.destroy());
    await gone(socket);
  },
  'with half a request': async (port, path) => {
    const socket = await opened(port);
    socket.write(request(path).slice(0, -2), () => socket.destroy());
    await gone(socket);
  },
};

/** Does not read, and leaves when the server's socket is full. */
export async function whileBusy(port: number, path: string, isFull: () => Promise<unknown>): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  // Before it is connected, or Node reads a first piece.
  socket.pause();
  socket.write(request(path));
  await isFull();
  socket.destroy();
  await gone(socket);
}
