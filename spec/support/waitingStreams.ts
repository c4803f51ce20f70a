import { Readable } from 'node:stream';
import { deferred } from './deferred.ts';

/** Creates a stream of Node and one of the web that never have a value, and what resolves when one was requested and when it was released. */
export const waitingStreams: Readonly<Record<string, () => ReturnType<typeof waitingReadable>>> = {
  'a Node stream': waitingReadable,
  'a web stream': waitingWebStream,
};

function waitingReadable() {
  const [requested, released] = [deferred(), deferred()];
  const stream = new Readable({
    read: () => requested.resolve(),
    destroy: (error, callback) => {
      released.resolve();
      callback(error);
    },
  });
  return { stream: stream as AsyncIterable<never>, requested, released };
}

function waitingWebStream() {
  const [requested, released] = [deferred(), deferred()];
  const stream: AsyncIterable<never> = new ReadableStream<never>(
    { pull: () => requested.resolve(), cancel: () => released.resolve() },
    { highWaterMark: 0 },
  );
  return { stream, requested, released };
}
