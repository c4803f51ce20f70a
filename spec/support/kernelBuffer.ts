import type { TestReader } from '../../lib/testing/index.ts';

/** Makes the socket of a reader full after `size` bytes since its last drain, as a kernel's buffer does. */
export function kernelBuffer({ response }: TestReader, bytes: number): void {
  const write = response.write.bind(response);
  const uncork = response.uncork.bind(response);
  const drain = response.drain.bind(response);
  let free = bytes;
  response.drain = () => {
    free = bytes;
    drain();
  };
  response.write = (chunk) => {
    free -= Buffer.byteLength(chunk);
    return write(chunk);
  };
  // The write that fills the buffer is accepted.
  response.uncork = () => {
    uncork();
    if (free <= 0) response.fill();
  };
}
