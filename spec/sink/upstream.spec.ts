import { expect } from 'chai';
import * as t from 'io-ts';
import { concatMap, from, type Observable, of } from 'rxjs';
import { ConnectionError, events, feed, fromReadable, sse } from '../../lib/index.ts';
import { encodeFrame, message, parseFrames } from '../../lib/wire/index.ts';
import { ended, rawServer } from '../http/client/rawServer.ts';
import { end, gap, position } from '../support/controlFrames.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Ticks = events({ Tick: { n: t.number } });

/** The frames of another server: control frames of this library, names that an EventSource reserves, ids and a retry. */
const upstream = [
  encodeFrame(position('1.AAAAAAAAAAAAAAAA.4', 0)),
  encodeFrame(message({ id: '1.AAAAAAAAAAAAAAAA.5', event: 'tick', data: { n: 1 } })),
  encodeFrame(gap('1.AAAAAAAAAAAAAAAA.9', '{"reason":"trimmed"}')),
  encodeFrame(message({ event: 'error', data: 'busy' })),
  encodeFrame(message({ event: 'open', data: 1 })),
  encodeFrame(message({ event: 'rxsse' as string, data: 2 })),
  'retry: 1\n\n',
  encodeFrame(message({ id: 'x', text: 'unnamed' })),
  encodeFrame(end('1.AAAAAAAAAAAAAAAA.10~')),
].join('');

const bytes = (): Observable<Uint8Array> => of(new TextEncoder().encode(upstream));
const frames = () => bytes().pipe(parseFrames());

/** Returns the blocks after the first position, with the ids of the route as sequences. */
async function blocksOf(url: string): Promise<readonly string[]> {
  const text = await (await openStream(url)).ended();
  return text
    .replace(/1\.(?!AAAA)[\w-]{16}\.(\d+)/g, '#$1')
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => !block.includes('retry: 3000'));
}

const renamed = [
  'id: #1\nevent: tick\ndata: {"n":1}',
  'id: #2\nevent: upstream.rxsse.gap\ndata: {"reason":"trimmed"}',
  'id: #3\nevent: upstream.error\ndata: "busy"',
  'id: #4\nevent: upstream.open\ndata: 1',
  'id: #5\nevent: rxsse\ndata: 2',
  'id: #6\ndata: unnamed',
  'id: #6~\nevent: rxsse.end\ndata: null',
];

describe('frames of another server', () => {
  it('lose their ids, retries and control frames, and get a prefix for reserved names', async () => {
    await listen(sse(frames()), async (url) => expect(await blocksOf(url)).to.deep.equal(renamed));
  });

  it('are treated alike in a run, an iterable and a publication', async () => {
    const iterable = async function* () {
      for (const frame of await new Promise<unknown[]>((resolve) => {
        const all: unknown[] = [];
        frames().subscribe({ next: (one) => void all.push(one), complete: () => resolve(all) });
      }))
        yield frame;
    };
    const relayed = feed(Ticks);
    frames().subscribe((frame) => void relayed.publish(frame as never));
    relayed.end();
    const routes = [
      sse({ resume: { linger: 1000 } }, frames),
      sse(iterable),
      sse({ resume: { from: 'oldest' } }, relayed),
    ];
    for (const route of routes) {
      await listen(route, async (url) => expect(await blocksOf(url)).to.deep.equal(renamed));
    }
  });

  it('can be the source of a feed, whose pipelines receive the events of its contract alone', async () => {
    const unknown: string[] = [];
    const source = frames() as Observable<never>;
    const relayed = feed(Ticks, { source, onError: (error) => void unknown.push(String(error)) });
    const route = sse({ resume: { from: 'oldest' } }, (context) => relayed.read(context));
    await listen(route, async (url) => {
      const blocks = await blocksOf(url);
      expect(blocks.filter((block) => /event: (?!rxsse\.(position|end))/.test(block))).to.deep.equal(
        renamed.slice(0, 1),
      );
      expect(unknown).to.have.length(5);
    });
  });

  for (const control of ['ids', 'none'] as const) {
    it(`keep the names error and open when no EventSource reads them, with control: '${control}'`, async () => {
      for (const resume of [false, { linger: 1000 }]) {
        await listen(sse({ wire: { control, end: 'event' }, resume }, frames), async (url) => {
          const expected = renamed.map((block) => {
            const named = block.replace(/upstream\.(error|open)/, '$1');
            return control === 'none' ? named.replace(/^id: .*\n/, '') : named;
          });
          expect(await blocksOf(url)).to.deep.equal(expected);
        });
      }
    });
  }

  it("keep their ids with resume: 'own-ids', and no reserved name", async () => {
    await listen(sse({ resume: 'own-ids' }, frames()), async (url) => {
      const blocks = await blocksOf(url);
      expect(blocks.slice(0, 2)).to.deep.equal([
        'id: 1.AAAAAAAAAAAAAAAA.5\nevent: tick\ndata: {"n":1}',
        'id: 1.AAAAAAAAAAAAAAAA.9\nevent: upstream.rxsse.gap\ndata: {"reason":"trimmed"}',
      ]);
      expect(blocks.filter((block) => block.includes('AAAA'))).to.have.length(2);
      expect(blocks.at(-2)).to.equal('id: x\ndata: unnamed');
    });
  });

  it('are sent as frames of the program when it creates them itself', async () => {
    const made = frames().pipe(
      concatMap((frame) => (frame._tag === 'Message' ? from([message({ data: frame.event ?? null })]) : [])),
    );
    await listen(sse(made), async (url) => {
      expect((await blocksOf(url)).slice(0, 2)).to.deep.equal([
        'id: #1\ndata: "rxsse.position"',
        'id: #2\ndata: "tick"',
      ]);
    });
  });

  it('do not stop the readers of a relay that reconnects', async () => {
    await listen(sse(frames()), async (url) => {
      const response = await openStream(url, { headers: { 'last-event-id': '1.AAAAAAAAAAAAAAAA.9' } });
      expect(response.status).to.equal(200);
      await response.ended();
    });
  });

  it('pass through a relay from server to server', async () => {
    const origin = feed(Ticks);
    origin.publish(Ticks.Tick({ n: 1 }));
    origin.end();
    await listen(sse({ resume: { from: 'oldest' } }, origin), async (originUrl) => {
      const relay = sse(() =>
        fromReadable<Uint8Array>(async (signal) => (await fetch(originUrl, { signal })).body).pipe(parseFrames()),
      );
      await listen(relay, async (url) => {
        expect(await blocksOf(url)).to.deep.equal([
          'id: #1\nevent: tick\ndata: {"n":1}',
          'id: #1~\nevent: rxsse.end\ndata: null',
        ]);
      });
    });
  });

  // A run continues after its connection, so that its failure is announced instead.
  for (const [resume, end] of [
    [false, /data: 1\n\n$/],
    [{ linger: 1000 }, /data: 1\n\n(?:id: .*\n)?event: rxsse\.end\ndata: {"reason":"failed"}\n\n$/],
  ] as const) {
    it(`cut the relay when the other server is cut off inside an event, with resume: ${JSON.stringify(resume)}`, () =>
      rawServer([ended('data: 1\n\ndata: 2\n'), ended('data: 1\n\ndata: 2\n\n')], async (origin) => {
        const errors: unknown[] = [];
        const onError = (error: unknown) => void errors.push(error);
        const relay = sse({ resume, onError }, () =>
          fromReadable<Uint8Array>(async (signal) => (await fetch(origin.url, { signal })).body).pipe(parseFrames()),
        );
        await listen(relay, async (url) => {
          const torn = await (await openStream(url)).over();
          expect(torn).to.match(end);
          expect(errors).to.have.length(1);
          expect(errors[0]).to.be.instanceOf(ConnectionError).that.includes({ reason: 'broken' });
          expect((await blocksOf(url)).at(-1)).to.match(/event: rxsse\.end/);
        });
      }));
  }
});

describe('a message with a name that an EventSource reserves', () => {
  for (const event of ['error', 'open'] as const) {
    it(`errors the stream for ${event} when an EventSource may read it`, async () => {
      const errors: string[] = [];
      const route = sse(of(message({ event, data: 1 })));
      await listen(
        ((request: never, response: { end(): void }) =>
          route(request, response as never, (error) => {
            errors.push(String(error));
            response.end();
          })) as never,
        async (url) => {
          await (await openStream(url)).ended();
          expect(errors.join()).to.include(`a message named ${event} is reserved`);
        },
      );
    });
  }
});
