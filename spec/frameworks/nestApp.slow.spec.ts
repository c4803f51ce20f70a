import { expect } from 'chai';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';
import { watchProcess } from '../support/watchProcess.ts';
import { load } from './example.ts';

/** The part of an app of Nest that the specs use. */
interface App {
  listen(port: number, host: string): Promise<unknown>;
  getUrl(): Promise<string>;
  close(): Promise<void>;
}

interface Example {
  readonly reasons: string[];
  createApp(server: string): Promise<App>;
  testOrders(app: App): Promise<void>;
}

const unauthorized = { statusCode: 401, message: 'Unauthorized' };

for (const server of ['express', 'fastify']) {
  describe(`the app that the guide to Nest prints, on ${server}`, () => {
    requires('frameworks');

    let example: Example;
    let app: App;
    let url: string;

    before(async function () {
      this.timeout(30_000);
      example = await load<Example>('nestPlain');
    });

    beforeEach(async () => {
      example.reasons.length = 0;
      app = await example.createApp(server);
      await app.listen(0, '127.0.0.1');
      url = await app.getUrl();
    });

    afterEach(() => app.close());

    it('passes the test that the guide prints', async () => {
      await example.testOrders(await example.createApp(server));
    });

    async function post(user: string, total: number): Promise<string> {
      const answer = await fetch(`${url}/orders`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ type: 'order_paid', data: { user, total } }),
      });
      expect(answer.status).to.equal(202);
      return ((await answer.json()) as { cursor: string }).cursor;
    }

    it('resumes after what was posted, and disconnects the reader when the app closes', async () => {
      const cursor = await post('ada', 1);
      const wire = await openStream(`${url}/orders`, { headers: { 'Last-Event-ID': cursor } });
      expect(wire.headers['rxsse-resume']).to.equal('exact');
      await post('ada', 2);
      expect(await wire.until(/"total":2}\n\n/)).to.not.include('"total":1}');
      await app.close();
      expect(await wire.ended()).to.match(/^retry: \d+\n\n$/m);
    });

    it('sends a user behind the guard the orders of that user, and disconnects when the app closes', async () => {
      const refused = await fetch(`${url}/mine`);
      expect([refused.status, await refused.json()]).to.deep.equal([401, unauthorized]);
      const wire = await openStream(`${url}/mine`, { headers: { Authorization: 'Bearer ada' } });
      for (const [user, total] of [
        ['ada', 1],
        ['bob', 2],
        ['ada', 3],
      ] as const)
        await post(user, total);
      expect(await wire.until(/"total":3}\n\n/))
        .to.include('"total":1}')
        .and.not.include('bob');
      await app.close();
      expect(await wire.ended()).to.match(/^retry: \d+\n\n$/m);
    });

    it('returns the metrics of a route from a method', async () => {
      expect(await (await fetch(`${url}/metrics`)).json()).to.include({ connections: 0 });
    });

    describe('without the decorator', () => {
      /** Returns the text of a stream when the route knows that it was closed. */
      async function textOf(path: string): Promise<string> {
        const before = example.reasons.length;
        const text = await (await openStream(`${url}/${path}`)).ended();
        while (example.reasons.length === before) await new Promise((resolve) => setImmediate(resolve));
        return text;
      }

      it('leaves an error before the first byte to the filters of Nest where a method returns what the handler returns', async () => {
        const answer = await fetch(`${url}/plain`);
        expect([answer.status, await answer.json()]).to.deep.equal([401, unauthorized]);
      });

      it('sends the stream of a method that does not return what the handler returns', async () => {
        expect(await textOf('no-return')).to.match(/^data: 0$/m);
        expect(example.reasons).to.deep.equal(['completed']);
      });

      it('sends a feed or a handler that a method returns as JSON or text', async () => {
        for (const path of ['feed', 'handler']) {
          const answer = await fetch(`${url}/${path}`);
          expect(answer.headers.get('content-type')).to.not.include('text/event-stream');
        }
      });

      if (server === 'express') {
        it('ends the stream with its head where the response is passed through, or answers before the head', async () => {
          expect(await textOf('passthrough')).to.equal('retry: 3000\n\n');
          expect(example.reasons).to.deep.equal(['disconnected']);
          const answer = await fetch(`${url}/passthrough/state`);
          expect([answer.status, answer.headers.get('content-type'), await answer.text()]).to.deep.equal([
            200,
            null,
            '',
          ]);
        });

        it('answers an error before the first byte by the library where a method does not pass next', async () => {
          const answer = await fetch(`${url}/no-next`);
          expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([401, 'application/problem+json']);
        });
      } else {
        it('sends the stream where the response is passed through', async () => {
          for (const path of ['passthrough', 'passthrough/state']) expect(await textOf(path)).to.match(/^data: 0$/m);
          expect(example.reasons).to.deep.equal(['completed', 'completed']);
        });

        it('rejects without a handler of the error where a method does not return what the handler returns', async () => {
          const watched = watchProcess();
          const request = new AbortController();
          const answer = fetch(`${url}/no-return/refused`, { signal: request.signal }).catch(() => 'none');
          let errors: readonly string[] = [];
          while (errors.length === 0) errors = await watched.settled();
          request.abort();
          watched.stop();
          expect([await answer, errors]).to.deep.equal(['none', ['UnauthorizedException: Unauthorized']]);
        });
      }
    });
  });
}
