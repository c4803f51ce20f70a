import type { Server } from 'node:http';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { map } from 'rxjs';
import { echoApp } from '../../examples/echo/app.ts';
import { echo, handWritten, reverseEcho } from '../../examples/echo/streams.ts';
import { parseCursor } from '../../lib/event/cursor.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { exampleServer } from '../support/exampleServer.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';

/** Returns the blocks with an event of the example, without the first position. */
function eventBlocks(text: string): string[] {
  return text.split('\n\n').filter((block) => /^event: (reverse_)?echo$/m.test(block));
}

function idOf(block: string): string {
  return /^id: (.*)$/m.exec(block)?.[1] ?? '';
}

function messageOf(block: string): string {
  return JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}').message;
}

interface Intervals {
  /** How many there are of a second or more, as the example has. What another spec has left in the process, an inspector, has shorter ones. */
  readonly alive: number;
  /** Runs the intervals of a delay at once, since RxJS waits with intervals. */
  elapse(ms: number): void;
}

/** Counts the active intervals, since a stream that is unsubscribed from must clear its own. */
async function watchingIntervals(use: (intervals: Intervals) => Promise<void>): Promise<void> {
  const { setInterval: set, clearInterval: clear } = globalThis;
  const living = new Map<unknown, { readonly ms: number | undefined; readonly work: () => void }>();
  globalThis.setInterval = ((work: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const timer = set(work, ms, ...args);
    living.set(timer, { ms, work: () => work(...args) });
    return timer;
  }) as typeof set;
  globalThis.clearInterval = (timer) => {
    living.delete(timer);
    clear(timer);
  };
  const now = performance.now.bind(performance);
  let elapsed = 0;
  performance.now = () => now() + elapsed;
  const intervals: Intervals = {
    get alive() {
      return [...living.values()].filter(({ ms = 0 }) => ms >= 1000).length;
    },
    elapse: (due) => {
      elapsed += due;
      for (const { ms, work } of [...living.values()]) if (ms === due) work();
    },
  };
  try {
    await use(intervals);
  } finally {
    globalThis.setInterval = set;
    globalThis.clearInterval = clear;
    performance.now = now;
  }
}

/** Resolves when the response to the next request is closed. */
function nextLeft(server: Server): Promise<unknown> {
  return new Promise((resolve) => {
    server.once('request', (_, response) => response.on('close', resolve));
  });
}

describe('the echo example over HTTP', () => {
  for (const path of ['/sse', '/sse2', '/sse3']) {
    it(`${path} sends id, event and JSON with a UTC date`, () =>
      listen(echoApp(), async (url) => {
        const text = await readWire(`${url}${path}?message=hello`, /event: echo\n.*\n\n/);
        expect(eventBlocks(text)[0]).to.match(
          /^id: 1\.[\w-]+\.1\nevent: echo\ndata: \{"message":"hello","created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"\}$/,
        );
      }));

    it(`${path} answers 422 with the path of a missing message`, () =>
      listen(echoApp(), async (url) => {
        const response = await fetch(url + path);
        expect(response.status).to.equal(422);
        expect(response.headers.get('content-type')).to.match(/^application\/problem\+json/);
        expect(await response.text()).to.contain('query.message');
      }));
  }

  it('/sse3 numbers the two streams as one', () =>
    listen(echoApp(), async (url) => {
      const path = `/sse3?message=${encodeURIComponent('né 👨‍👩‍👧!')}`;
      const blocks = eventBlocks(await readWire(url + path, /event: reverse_echo\n.*\n\n/));
      const positions = blocks.map((block) => E.toUnion(parseCursor(idOf(block))));

      expect(blocks[0]).to.match(/^event: echo$/m);
      expect(messageOf(blocks.at(-1) ?? '')).to.equal('!👨‍👩‍👧 én');
      const { epoch } = positions[0] as { epoch: string };
      expect(positions).to.deep.equal(blocks.map((_, index) => ({ epoch, sequence: index + 1, end: false })));
    }));

  for (const path of ['/sse', '/sse2', '/sse3']) {
    it(`${path} continues without its reader, which resumes with exactly what it missed`, () =>
      listen(echoApp(), async (url, server) => {
        const left = nextLeft(server);
        const first = await openStream(`${url}${path}?message=hello`);
        const id = idOf(eventBlocks(await first.until(/event: echo\n.*\n\n/))[0] ?? '');
        first.close();
        await left;

        const headers = { 'last-event-id': id };
        const seen = await readWire(`${url}${path}?message=hello`, /\.3\nevent: .*\n.*\n\n/, { headers });
        const back = await openStream(`${url}${path}?message=hello`, { headers });
        const came = await back.until(/\.3\nevent: .*\n.*\n\n/);
        back.close();

        expect(back.headers['rxsse-resume']).to.equal('exact');
        const [opening] = came.split('\n\n');
        expect(opening).to.equal(`id: ${id}\nevent: rxsse.position\nretry: 3000\ndata:`);
        expect(eventBlocks(came).map(idOf)).to.deep.equal([2, 3].map((n) => id.replace(/1$/, String(n))));
        expect(eventBlocks(came)).to.deep.equal(eventBlocks(seen));
      }));
  }

  it('stops the streams of a reader that does not resume in time', () =>
    watchingIntervals((intervals) =>
      listen(echoApp(), async (url, server) => {
        const before = intervals.alive;
        const left = nextLeft(server);
        const wire = await openStream(`${url}/sse3?message=hello`);
        const id = idOf(eventBlocks(await wire.until(/event: echo\n.*\n\n/))[0] ?? '');
        wire.close();
        await left;
        expect(intervals.alive).to.be.above(before);

        intervals.elapse(30_000);
        expect(intervals.alive).to.equal(before);

        const late = await openStream(`${url}/sse3?message=hello`, { headers: { 'last-event-id': id } });
        expect(await late.until(/event: echo/)).to.contain(
          `event: rxsse.gap\ndata: {"reason":"epoch","requested":"${id}"`,
        );
        expect(late.headers['rxsse-resume']).to.equal('gap;reason=epoch');
        late.close();
      }),
    ));
});

describe('the streams of the echo example', () => {
  it(
    'emit once a second, the reversed one from the first second on',
    marbles(({ expectObservable }) => {
      const subs = '                           ^ 2500ms !';
      const expected = {
        echo: '                                a 999ms a 999ms a',
        reverse_echo: '                        1s      b 999ms b',
      };
      const sent = map(({ data }: { data: { message: string } }) => data.message);

      expectObservable(echo('ab').pipe(sent), subs).toBe(expected.echo, { a: 'ab' });
      expectObservable(handWritten('ab').pipe(map(({ event }) => event)), subs).toBe(expected.echo, { a: 'echo' });
      expectObservable(reverseEcho('ab').pipe(sent), subs).toBe(expected.reverse_echo, { b: 'ba' });
    }),
  );
});

describe('the echo server', () => {
  const start = (PORT: string) => exampleServer('echo', { PORT });
  const command = 'node --import tsx examples/echo/server.ts';

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`prints where it listens, and stops on ${signal} with a stream open`, async () => {
      const { child, output, closed, greeting } = start('0');
      const [, url, tried] = /(http:\S+)\n.*curl -N '(.*)'\n/.exec(await greeting()) ?? [];
      expect(tried).to.equal(`${url}/sse3?message=hello`);

      const wire = await openStream(tried ?? '');
      await wire.until(/event: echo/);
      child.kill(signal);
      expect(await closed).to.deep.equal([0, null]);
      await wire.over();
      expect(output.err).to.equal('');
    });
  }

  it('prints one line when the port is in use', () =>
    listen(echoApp(), async (url) => {
      const { port } = new URL(url);
      const { output, closed } = start(port);
      expect(await closed).to.deep.equal([1, null]);
      expect(output.err).to.equal(
        `Port ${port} is in use by another program. Choose another one: PORT=${Number(port) + 1} ${command}\n`,
      );
    }));

  it('prints one line for an invalid PORT', async () => {
    const servers = ['http', '70000', '-1'].map(start);
    for (const { output, closed } of servers) {
      expect(await closed).to.deep.equal([1, null]);
      expect(output).to.deep.equal({
        out: '',
        err: `PORT must be a whole number from 0 to 65535, as in PORT=3001 ${command}\n`,
      });
    }
  });
});
