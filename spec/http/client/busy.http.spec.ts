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
    setInterval(() => response.write(':\\n\\n', () => Atomics.add(workerData, 0, 1)), 10);
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
      const before = Atomics.load(sent, 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      while (Atomics.load(sent, 0) < before + 2);
    };
    const states: string[] = [];
    let comments = 0;
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
                if (++comments === 1) setImmediate(block);
                else resolve();
              },
            },
          }).subscribe({ error: reject });
        }),
    );
    expect(states.filter((state) => state !== 'ended')).to.deep.equal(['connecting', 'open']);
  });
});
