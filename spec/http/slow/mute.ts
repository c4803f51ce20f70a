import { once } from 'node:events';
import { connect } from 'node:net';
import { closing } from '../../support/closing.ts';

/** Sends a request on a socket that is never read, so that this process has no bytes of the response. */
export function withMuteReader<T>(url: string, use: () => Promise<T>): Promise<T> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // Paused before it is connected, since Node would read a first chunk.
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: mute\r\n\r\n');
  const close = async (): Promise<void> => {
    socket.destroy();
    if (!socket.closed) await once(socket, 'close');
  };
  return closing(close, use);
}
