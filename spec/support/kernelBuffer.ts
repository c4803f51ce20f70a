import type { TestReader } from '../../lib/testing/index.ts';

/** Makes the socket of a reader full whenever so many bytes were written since it drained, as a kernel's buffer does. */
export function kernelBuffer({ response }: TestReader, bytes: number): void {
  const write = response.write.bind(response);
  const uncork = response.uncork.bind(response);
  const drain = response.drain.bind(response);
  let room = bytes;
  response.drain = () => {
    room = bytes;
    drain();
  };
  response.write = (chunk) => {
    room -= Buffer.byteLength(chunk);
    return write(chunk);
  };
  // What fills it is taken, too.
  response.uncork = () => {
    uncork();
    if (room <= 0) response.fill();
  };
}
