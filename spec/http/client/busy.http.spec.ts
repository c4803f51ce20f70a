import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { Subscription } from 'rxjs';
import { fromSse } from 'rxsse/client';
import { closing } from '../../support/closing.ts';
import { Ticks } from '../ticks.ts';

/** Sends a comment each few milliseconds, and counts them, in a thread that runs while this one is blocked. */
const server = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    setInterval(() => response.write(':\\n\\n', () => {
      Atomics.add(workerData, 0, 1);
      Atomics.notify(workerData, 0);
    }), 10);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

describe('a client whose program was busy', () => {
  it('reads what has arrived before it takes the connection for silent', async () => {
    const sent = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(server, { eval: true, workerData: sent });
    const [port] = await once(worker, 'message');
    /** Blocks this thread for longer than the timeout, and until another comment was sent. */
    const block = () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      const before = Atomics.load(sent, 0);
      for (let count = before; count < before + 2; count = Atomics.load(sent, 0)) {
        if (Atomics.wait(sent, 0, count, 10_000) === 'timed-out') throw new Error('the server sent nothing for 10 s');
      }
      wasBusy = true;
    };
    const states: string[] = [];
    let isFirst = true;
    let wasBusy = false;
    let subscription: Subscription | undefined;
    await closing(
      async () => {
        subscription?.unsubscribe();
        await worker.terminate();
      },
      () =>
        new Promise<void>((resolve, reject) => {
          subscription = fromSse(`http://127.0.0.1:${port}`, Ticks, {
            idleTimeout: 500,
            statusObserver: { next: ({ state }) => states.push(state) },
            commentObserver: {
              next: () => {
                // Under load, one read returns several comments: those beside the first arrived before the block.
                if (wasBusy) resolve();
                else if (isFirst) setImmediate(block);
                isFirst = false;
              },
            },
          }).subscribe({ error: reject });
        }),
    );
    expect(states.filter((state) => state !== 'ended')).to.deep.equal(['connecting', 'open']);
  });
});
