import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { concat, NEVER, of, throwError, timer } from 'rxjs';
import { feed, shutdown, sse } from '../../lib/index.ts';
import { closing } from '../support/closing.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { watchProcess } from '../support/watchProcess.ts';
import { follow } from './eventSource.ts';
import { servers } from './servers.ts';
import { withMuteReader } from './slow/mute.ts';
import { turn, watched } from './slow/watched.ts';
import { publish, Ticks } from './ticks.ts';

const listenersOf = (response: ServerResponse): Record<string, number> =>
  Object.fromEntries(['close', 'drain', 'error'].map((name) => [name, response.listenerCount(name)]));

/** The servers with unwrapped HTTP/1 responses of Node, on which the remaining listeners are counted. */
const others = /http2|Response|compression/;
const ours = Object.entries(servers).filter(([name]) => !others.test(name));

/**
 * The known failures, by symptom. Those that depend on time are in spec/sink/failures.spec.ts; streams of http2 and
 * bodies of a Response are closed in other ways, in http2.http.spec.ts and spec/adapter.
 */
for (const [name, mount] of ours) {
  describe(`a known failure of other libraries, on ${name}`, () => {
    /** A reader that disconnects while the route awaits its state, which then resolves. */
    async function leftWhileAwaiting(use: (response: ServerResponse, subscribed: number) => unknown): Promise<void> {
      let subscribed = 0;
      const requested = deferred();
      const known = deferred();
      const state = (_request: unknown) => {
        requested.resolve();
        return known.promise;
      };
      const stream = () => {
        subscribed++;
        return NEVER;
      };
      const { listener, responses } = watched(mount(sse({ state }, stream)).listener);
      await listen(listener, async (url) => {
        const leaving = get(url, { agent: false }).on('error', () => {});
        await requested.promise;
        const [response] = responses;
        if (response === undefined) throw new Error('no response');
        leaving.destroy();
        await once(response, 'close');
        known.resolve();
        await turn();
        await use(response, subscribed);
      });
    }

    it('is a close missed while the handler awaits', () =>
      leftWhileAwaiting((response, subscribed) => {
        expect(subscribed).to.equal(0);
        expect(listenersOf(response)).to.include({ drain: 0, error: 0 });
      }));

    it('is headers sent after the close', async () => {
      const unheard = watchProcess();
      try {
        await leftWhileAwaiting((response) => expect(response.headersSent).to.equal(false));
        expect(await unheard.settled()).to.deep.equal([]);
      } finally {
        unheard.stop();
      }
    });

    it('is a wait for drain that never ends after a close', async () => {
      const left = deferred();
      const pulled = async function* () {
        try {
          for (;;) yield 'x'.repeat(100_000);
        } finally {
          left.resolve();
        }
      };
      const { listener, responses } = watched(mount(sse(() => pulled())).listener);
      await listen(listener, async (url) => {
        await withMuteReader(url, async () => {
          while (responses[0]?.writableNeedDrain !== true) await turn();
        });
        await left.promise;
        expect(responses[0] && listenersOf(responses[0])).to.include({ drain: 0, error: 0 });
      });
    });

    it('is an error message shown to the client', async () => {
      const secret = new Error('password of db-1 is hunter2');
      const routes = [
        throwError(() => secret),
        concat(
          of(1),
          timer(1),
          throwError(() => secret),
        ),
      ].map((stream) => sse(stream));
      for (const route of routes) {
        await listen(mount(route).listener, async (url) => {
          const wire = await openStream(url);
          const text = await wire.over();
          expect(JSON.stringify([wire.headers, text])).not.to.match(/hunter2|db-1|failures\.http/);
        });
      }
    });

    it('is a listener leak for each request', async () => {
      const warned: Error[] = [];
      const warn = (warning: Error): void => void warned.push(warning);
      const { listener, responses } = watched(mount(sse(of(1, 2, 3))).listener);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      process.on('warning', warn);
      await closing(
        async () => {
          process.off('warning', warn);
          agent.destroy();
        },
        () =>
          listen(listener, async (url) => {
            const onSocket: number[] = [];
            for (let n = 0; n < 50; n++) {
              const [response] = await once(get(url, { agent }), 'response');
              const socket = responses[n]?.socket;
              await once(response.resume(), 'end');
              await turn();
              onSocket.push(socket?.eventNames().reduce((sum, event) => sum + socket.listenerCount(event), 0) ?? 0);
            }
            // All requests used one connection.
            expect(new Set(responses.map(({ req }) => req.socket.remotePort)).size).to.equal(1);
            expect(onSocket.at(-1)).to.equal(onSocket[0]);
            for (const response of responses) expect(listenersOf(response)).to.include({ drain: 0, error: 0 });
            expect(warned).to.deep.equal([]);
          }),
      );
    });

    it('is events lost when completing after a large payload', async () => {
      const large = 'x'.repeat(12 * 1024 * 1024);
      const whole = { maxEventBytes: Infinity };
      for (const route of [sse(whole, of(large, 'last')), sse(whole, () => of(large, 'last'))]) {
        await listen(mount(route).listener, async (url) => {
          const [response] = await once(get(url, { agent: false }), 'response');
          // The client does not read yet, and the stream has completed.
          for (let turns = 0; turns < 100; turns++) await turn();
          let text = '';
          for await (const bytes of response.setEncoding('utf8')) text += bytes;
          const [, first = '', second] = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data);
          expect(text.length).to.be.above(large.length);
          expect(text.includes(`data: "${large}"\n\n`), 'the payload is whole').to.equal(true);
          expect(text).to.match(/data: "last"\n\nid: .*~\nevent: rxsse\.end\n.*\n\n$/);
          expect([first, second]).to.deep.equal(['"last"', 'null']);
        });
      }
    });

    it('is a rejected native EventSource that never reconnects', async () => {
      const ticks = feed(Ticks);
      let listener = mount(sse({ retry: 1 }, ticks)).listener;
      const leaving = sse({ retry: 1 }, ticks);
      void shutdown(leaving, { duration: 0, retry: [1, 2] });
      const refusing = mount(leaving).listener;
      const serving = listener;
      listener = refusing;
      await listen(
        (request, response) => listener(request, response),
        (url) =>
          follow(url, async ({ until, attempts, seen }) => {
            await until(() => attempts.length >= 3);
            expect(attempts.slice(0, 2).map(({ status, resume }) => [status, resume])).to.deep.equal([
              [200, 'refused'],
              [200, 'refused'],
            ]);
            listener = serving;
            await until(() => attempts.at(-1)?.resume === 'live');
            publish(ticks, 1);
            await until(() => seen.includes('1'));
            expect(seen).to.deep.equal(['1']);
          }),
      );
    });
  });
}

describe('a known failure of other libraries', function () {
  this.timeout(30_000);

  it('is a process that cannot exit with open streams', async () => {
    const script = fileURLToPath(new URL('failures/server.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'close');
    await closing(
      async () => child.kill('SIGKILL'),
      async () => {
        const [port] = await once(createInterface(child.stdout), 'line');
        const url = `http://127.0.0.1:${port}`;
        const wires = await Promise.all(
          ['/silent', '/stream', '/feed', '/run', '/aged'].map((path) => openStream(url + path, { patience: 20_000 })),
        );
        await Promise.all(wires.map((wire) => wire.until(/\n\n/)));
        child.stdin.write('stop\n');
        expect(await exited).to.deep.equal([0, null]);
        for (const wire of wires) expect(await wire.ended()).to.match(/retry: [12]\n\n$/);
      },
    );
  });
});
