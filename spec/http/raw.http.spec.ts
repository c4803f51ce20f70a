import type { RequestListener, ServerResponse } from 'node:http';
import { expect } from 'chai';
import { finalize, NEVER, of, Subject, startWith } from 'rxjs';
import { feed, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { inFrontOf, listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { rawSocket } from '../support/rawSocket.ts';
import { servers } from './servers.ts';
import { turn } from './slow/watched.ts';
import { publish, shown, Ticks } from './ticks.ts';

/** The servers that speak HTTP/1; `http2` has neither versions nor pipelines. */
const http1 = Object.entries(servers).filter(([name]) => name !== 'http2');

const end = 'id: 1.E.2~\nevent: rxsse.end\ndata: null\n\n';

for (const [name, mount] of http1) {
  describe(`sse on ${name}, byte by byte`, () => {
    it('answers HTTP/1.0 without chunks, event by event, up to the end of the connection', async () => {
      const source = new Subject<number>();
      await listen(mount(sse(source)).listener, (url) =>
        rawSocket(url, async (socket) => {
          socket.send('GET / HTTP/1.0', 'Host: x');
          const head = await socket.until(/retry: 3000\n\n/);
          expect(head).to.match(/^HTTP\/1\.1 200 OK\r\n/);
          expect(head).not.to.match(/transfer-encoding/i);
          expect(head).to.match(/\r\n\r\nretry: 3000\n\n$/);
          source.next(1);
          expect(await socket.until(/data: 1\n\n/)).to.match(/retry: 3000\n\nid: .*\ndata: 1\n\n$/);
          source.next(2);
          source.complete();
          expect(shown(await socket.closed())).to.match(/data: 2\n\nid: 1\.E\.2~\nevent: rxsse\.end\ndata: null\n\n$/);
        }),
      );
    });

    it('answers pipelined requests one after the other, each whole', async () => {
      await listen(mount(sse(() => of('first', 'second'))).listener, (url) =>
        rawSocket(url, async (socket) => {
          socket.send(
            'GET / HTTP/1.1',
            'Host: x',
            '',
            'HEAD / HTTP/1.1',
            'Host: x',
            '',
            'GET / HTTP/1.1',
            'Host: x',
            'Connection: close',
          );
          const [nothing, first = '', head = '', second = ''] = (await socket.closed()).split('HTTP/1.1 200 OK\r\n');
          expect(nothing).to.equal('');
          for (const answer of [first, second]) {
            expect(answer).to.match(/\r\n0\r\n\r\n$/);
            const body = answer.replace(/^.*?\r\n\r\n/s, '').replaceAll(/(^|\r\n)[0-9a-f]+\r\n(\r\n$)?/g, '');
            expect(shown(body)).to.equal(
              `retry: 3000\n\nid: 1.E.1\ndata: "first"\n\nid: 1.E.2\ndata: "second"\n\n${end}`,
            );
          }
          expect(head)
            .to.match(/\r\n\r\n$/)
            .and.not.include('retry: 3000');
        }),
      );
    });

    it('delays a pipelined request after an open stream, whose reader is not affected', async () => {
      const sources = [new Subject<string>(), new Subject<string>()];
      let requested = 0;
      const route = sse(() => sources[requested++] ?? NEVER);
      await listen(mount(route).listener, (url) =>
        rawSocket(url, async (socket) => {
          socket.send('GET / HTTP/1.1', 'Host: x', '', 'GET / HTTP/1.1', 'Host: x', 'Connection: close');
          await socket.until(/retry/);
          while (requested < 2) await turn();
          // More than Node buffers for a response that is not the first of the pipeline.
          for (let n = 0; n < 3; n++) sources[1]?.next(`later ${'x'.repeat(20_000)}`);
          sources[0]?.next('now');
          const text = await socket.until(/data: "now"\n\n/);
          expect(text).not.to.include('later');
          sources[0]?.complete();
          sources[1]?.complete();
          const rest = (await socket.closed()).slice(text.length);
          expect(rest).to.match(/rxsse\.end.*HTTP\/1\.1 200 OK.*"later x.*"later x.*"later x.*rxsse\.end/s);
        }),
      );
    });

    it('unsubscribes from both streams of a pipeline when the connection closes', async () => {
      let left = 0;
      let requests = 0;
      const both = deferred();
      const route = sse(() => {
        requests++;
        return NEVER.pipe(
          startWith(requests),
          finalize(() => {
            left++;
            if (left === 2) both.resolve();
          }),
        );
      });
      await listen(mount(route).listener, (url) =>
        rawSocket(url, async (socket) => {
          socket.send('GET / HTTP/1.1', 'Host: x', '', 'GET / HTTP/1.1', 'Host: x');
          await socket.until(/data: 1/);
          while (requests < 2) await turn();
          socket.close();
          await both.promise;
        }),
      );
    });

    it('causes no warning of a leak by many pipelined requests', async () => {
      const warnings: Error[] = [];
      const note = (warning: Error): void => void warnings.push(warning);
      let requests = 0;
      const route = sse(() => {
        requests++;
        return NEVER;
      });
      process.on('warning', note);
      try {
        await listen(mount(route).listener, (url) =>
          rawSocket(url, async (socket) => {
            for (let n = 0; n < 20; n++) socket.send('GET / HTTP/1.1', 'Host: x');
            while (requests < 20) await turn();
          }),
        );
      } finally {
        process.removeListener('warning', note);
      }
      expect(warnings).to.deep.equal([]);
    });

    it('answers HEAD with the headers of GET alone, and keeps the connection open', async () => {
      const ticks = feed(Ticks);
      await listen(mount(sse(ticks)).listener, (url) =>
        rawSocket(url, async (socket) => {
          socket.send('HEAD / HTTP/1.1', 'Host: x');
          const head = await socket.until(/\r\n\r\n/);
          expect(head).to.match(/^HTTP\/1\.1 200 OK\r\n/);
          expect(head).to.match(/content-type: text\/event-stream; charset=utf-8\r\n/i);
          publish(ticks, 1);
          socket.send('GET / HTTP/1.1', 'Host: x');
          const text = await socket.until(/rxsse\.position/);
          expect(text.slice(head.length)).to.match(/^HTTP\/1\.1 200 OK\r\n/);
          socket.close();
        }),
      );
    });
  });
}

/** The middlewares, by their changes to a response before the route. */
const middlewares: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'corks it for the turn': (response) => {
    response.cork();
    setImmediate(() => response.uncork());
  },
  'fills the socket before it': (response) => {
    const { writeHead } = response;
    response.writeHead = ((...passed: Parameters<typeof writeHead>) => {
      writeHead.apply(response, passed);
      response.write(`: ${'x'.repeat(100_000)}\n\n`);
      return response;
    }) as typeof writeHead;
  },
  'wraps write and end': (response) => {
    const { write, end } = response;
    response.write = ((...inputs: Parameters<typeof write>) => write.apply(response, inputs)) as typeof write;
    response.end = ((...values: Parameters<typeof end>) => end.apply(response, values)) as typeof end;
  },
  'wraps write so that it says nothing': (response) => {
    const { write } = response;
    response.write = ((...values: Parameters<typeof write>) => {
      write.apply(response, values);
    }) as unknown as typeof write;
  },
  'wraps writeHead and adds a header': (response) => {
    const { writeHead } = response;
    response.writeHead = ((...values: Parameters<typeof writeHead>) => {
      response.setHeader('X-Seen', 'yes');
      return writeHead.apply(response, values);
    }) as typeof writeHead;
  },
};

for (const [name, mount] of http1) {
  for (const [what, middleware] of Object.entries(middlewares)) {
    describe(`sse on ${name} behind a middleware that ${what}`, () => {
      it('sends each event, a large one and the end', async () => {
        const source = new Subject<string>();
        const { listener } = mount(sse(source));
        const behind: RequestListener = inFrontOf(listener, (request, response) => {
          middleware(response);
          listener(request, response);
        });
        await listen(behind, async (url) => {
          const wire = await openStream(url);
          expect(wire.headers['x-seen']).to.equal(what.includes('header') ? 'yes' : undefined);
          await wire.until(/retry: 3000\n\n/);
          source.next('small');
          await wire.until(/data: "small"\n\n/);
          source.next('x'.repeat(1_000_000));
          source.next('after');
          source.complete();
          const text = await wire.ended();
          expect(text.length).to.be.above(1_000_000);
          expect(text).to.match(/data: "after"\n\nid: .*~\nevent: rxsse\.end\ndata: null\n\n$/);
        });
      });
    });
  }
}
