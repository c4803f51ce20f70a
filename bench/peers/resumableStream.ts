import { Readable } from 'node:stream';
import express from 'express';
import { createResumableStreamContext, type ResumableStreamContext } from 'resumable-stream';
import type { Scenario } from '../Scenario.ts';
import { frame, headers } from './frame.ts';
import { listen } from './listen.ts';
import type { AcrossPeer } from './Peer.ts';

const streamId = 'ticks';

/** Starts a stream that others resume; the returned one is what the first request would get. */
export const openPublisher: AcrossPeer['openPublisher'] = async (scenario) => {
  let controller: ReadableStreamDefaultController<string> | undefined;
  let pulled: (() => void) | undefined;
  const makeStream = () =>
    new ReadableStream<string>({
      start: (started) => {
        controller = started;
      },
      pull: () => pulled?.(),
    });
  const stream = await contextOf(scenario).createNewResumableStream(streamId, makeStream);
  // Reads what the first client would.
  void stream?.pipeTo(new WritableStream());
  return {
    publish: (_, numbered) => {
      for (const one of numbered) controller?.enqueue(frame(one));
    },
    // The package publishes one chunk at a time, and the stream says when it has taken the last one.
    ready: () =>
      (controller?.desiredSize ?? 1) > -1000
        ? undefined
        : new Promise((resolve) => {
            pulled = resolve;
          }),
  };
};

export const serveReaders: AcrossPeer['serveReaders'] = async (scenario) => {
  const context = contextOf(scenario);
  const app = express();
  app.get('/events', async (_, response) => {
    const stream = await context.resumeExistingStream(streamId);
    if (!stream) return void response.status(422).send('Stream is already done');
    response.writeHead(200, headers);
    response.flushHeaders();
    Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]).pipe(response);
  });
  return listen(app);
};

/** Returns one context for the process, which connects to the Redis of the environment. */
function contextOf({ storage }: Scenario): ResumableStreamContext {
  process.env.REDIS_URL = storage?.at ?? '';
  return createResumableStreamContext({ waitUntil: null });
}
