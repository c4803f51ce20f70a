import { expect } from 'chai';
import { NEVER } from 'rxjs';
import { feed, type SseHandler, type SseRequest, shutdown, sse } from '../../lib/index.ts';
import { Ticks } from '../http/ticks.ts';
import { closing } from '../support/closing.ts';
import { deferred } from '../support/deferred.ts';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';
import { itServes } from './behavior.ts';
import { importPackage } from './example.ts';

interface Fastify {
  get(path: string, handler: SseHandler<SseRequest>): void;
  addHook(name: 'onResponse' | 'preClose', hook: () => Promise<unknown>): void;
  listen(options: { host: string; port: number }): Promise<string>;
  close(): Promise<undefined>;
}

const localhost = { host: '127.0.0.1', port: 0 };

describe('the example on Fastify', () => {
  itServes('fastify', {
    pattern: '/orders/:user',
    errorBody: (statusCode, message) => ({
      statusCode,
      error: statusCode === 401 ? 'Unauthorized' : 'Not Found',
      message,
    }),
  });
});

describe('Fastify', () => {
  requires('frameworks');

  let fastify: (options?: { return503OnClosing?: boolean; handlerTimeout?: number }) => Fastify;

  before(async () => {
    fastify = (await importPackage<{ default: typeof fastify }>('fastify')).default;
  });

  it('calls onResponse hooks when a stream ends, and not for a reader that disconnects', async () => {
    const ticks = feed(Ticks);
    const closed: string[] = [];
    let responses = 0;
    const responded = deferred<void>();
    const left = deferred<void>();
    const app = fastify();
    app.addHook('onResponse', async () => {
      responses++;
      responded.resolve();
    });
    const onClose = (reason: string): void => {
      closed.push(reason);
      if (reason === 'disconnected') left.resolve();
    };
    app.get('/', sse({ onClose }, ticks));
    const url = await app.listen(localhost);
    await closing(
      () => app.close(),
      async () => {
        const first = await openStream(url);
        await first.until(/rxsse\.position/);
        first.close();
        await left.promise;
        const second = await openStream(url);
        await ticks.end();
        await second.ended();
        await responded.promise;
        expect([closed, responses]).to.deep.equal([['disconnected', 'completed'], 1]);
      },
    );
  });

  it('does not end a stream after its handlerTimeout', async () => {
    const app = fastify({ handlerTimeout: 50 });
    app.get('/', sse({ heartbeat: 100 }, NEVER));
    const url = await app.listen(localhost);
    await closing(
      () => app.close(),
      async () => {
        const wire = await openStream(url);
        await wire.until(/:\n\n:\n\n/);
        wire.close();
      },
    );
  });

  for (const [return503OnClosing, expected] of [
    [true, [503, '']],
    [false, [200, 'retry: 7\n\n']],
  ] as const) {
    it(`answers ${expected[0]} while it closes, with return503OnClosing: ${return503OnClosing}`, async () => {
      const app = fastify({ return503OnClosing });
      const route = sse(NEVER);
      app.get('/', route);
      const answered = deferred<readonly [number, string]>();
      let url = '';
      app.addHook('preClose', async () => {
        const shut = shutdown(route, { duration: 0, retry: [7, 7] });
        const answer = await fetch(url);
        answered.resolve([answer.status, answer.status === 200 ? await answer.text() : '']);
        await shut;
      });
      url = await app.listen(localhost);
      await app.close();
      expect(await answered.promise).to.deep.equal(expected);
    });
  }
});
