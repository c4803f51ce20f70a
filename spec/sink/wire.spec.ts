import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, mergeMap, NEVER, of, range, throwError, timer } from 'rxjs';
import { sse as webSse } from '../../lib/adapter/web/index.ts';
import { events, feed, setErrorReporter, sse, type WireOptions } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';

const Ticks = events({ Tick: { n: t.number } });
const [first, second] = [Ticks.Tick({ n: 1 }), Ticks.Tick({ n: 2 })];
type Wire = WireOptions | 'rxsse' | 'data-only';

function ended() {
  const ticks = feed(Ticks);
  ticks.publish([first, second]);
  ticks.end();
  return ticks;
}

/** The kinds of streams, each with the two events and the end. */
const kinds = {
  'a plain stream': (wire: Wire) => sse({ wire, events: Ticks }, of(first, second)),
  'a run': (wire: Wire) => sse({ wire, events: Ticks, resume: { linger: 1000 } }, () => of(first, second)),
  'a feed': (wire: Wire) => sse({ wire, resume: { from: 'oldest' } }, ended()),
  'a pipeline': (wire: Wire) => {
    const ticks = ended();
    return sse({ wire, events: Ticks, resume: { from: 'oldest' } }, (context) => ticks.read(context));
  },
};

/** Replaces the epoch of each cursor, which is random. */
const withoutEpochs = (text: string) => text.replace(/1\.[\w-]{1,32}\.(\d+)/g, '#$1');

/** Returns the whole text, with the ids as sequences. */
async function textOf(url: string, lastEventId?: string): Promise<string> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  return withoutEpochs(await (await openStream(url, { headers })).ended());
}

/** Returns the status and the header `Rxsse-Resume` of a response that has ended. */
async function answerOf(url: string, lastEventId: string): Promise<readonly [number, unknown]> {
  const { status, headers, ended: whole } = await openStream(url, { headers: { 'last-event-id': lastEventId } });
  await whole();
  return [status, headers['rxsse-resume']];
}

const done = message({ text: '[DONE]' });
const numbered = 'id: #1\nevent: tick\ndata: {"n":1}\n\nid: #2\nevent: tick\ndata: {"n":2}\n\n';
const bare = 'event: tick\ndata: {"n":1}\n\nevent: tick\ndata: {"n":2}\n\n';

/** The start of a stream that does not resume and of one that does, its events, and each end, by the option `control`. */
const table = {
  events: {
    start: ['retry: 3000\n\n', 'id: #0\nevent: rxsse.position\nretry: 3000\ndata:\n\n'],
    body: numbered,
    end: {
      event: 'id: #2~\nevent: rxsse.end\ndata: null\n\n',
      none: 'id: #2~\nevent: rxsse.position\ndata:\n\n',
      done: 'id: #2~\ndata: [DONE]\n\n',
    },
  },
  ids: {
    start: ['retry: 3000\n\n', 'id: #0\nretry: 3000\n\n'],
    body: numbered,
    end: {
      event: 'id: #2~\nevent: rxsse.end\ndata: null\n\n',
      none: 'id: #2~\n\n',
      done: 'id: #2~\ndata: [DONE]\n\n',
    },
  },
  none: {
    start: ['', ''],
    body: bare,
    end: { event: 'event: rxsse.end\ndata: null\n\n', none: '', done: 'data: [DONE]\n\n' },
  },
} as const;

describe('the option wire', () => {
  for (const [kind, routeOf] of Object.entries(kinds)) {
    for (const control of ['events', 'ids', 'none'] as const) {
      for (const end of ['event', 'none', 'done'] as const) {
        it(`writes ${kind} with control '${control}' and end '${end}'`, async () => {
          const { start, body, end: ends } = table[control];
          const expected = start[kind === 'a plain stream' ? 0 : 1] + body + ends[end];
          await listen(routeOf({ control, end: end === 'done' ? done : end }), async (url) => {
            expect(await textOf(url)).to.equal(expected);
            const raw = await (await openStream(url)).ended();
            const [endCursor] = /1\.[\w-]+\.2~/.exec(raw) ?? [];
            if (control === 'none') expect(endCursor).to.equal(undefined);
            else expect(await answerOf(url, endCursor ?? '')).to.deep.equal([204, 'ended']);
          });
        });
      }
    }

    it(`resumes ${kind} after the id of an event that was sent with control 'ids'`, async () => {
      if (kind === 'a plain stream') return;
      await listen(routeOf({ control: 'ids' }), async (url) => {
        const [, cursor] = /id: (\S+\.1)\n/.exec(await (await openStream(url)).ended()) ?? [];
        const expected = 'id: #1\nretry: 3000\n\nid: #2\nevent: tick\ndata: {"n":2}\n\nid: #2~\n\n';
        expect(await textOf(url, cursor)).to.equal(expected);
      });
    });

    for (const [profile, same] of [
      ['rxsse', {}],
      ['data-only', { control: 'none' }],
    ] as const) {
      it(`writes ${kind} with '${profile}' as with its options`, async () => {
        const texts = [profile, same].map((wire) => listen(routeOf(wire), (url) => textOf(url)));
        const [text, expected] = await Promise.all(texts);
        expect(text).to.equal(expected);
      });
    }
  }

  for (const control of ['events', 'ids'] as const) {
    it(`sends no retry with retry: false and control: '${control}'`, async () => {
      await listen(kinds['a plain stream']({ control, retry: false }), async (url) => {
        expect(await textOf(url)).to.not.include('retry:');
      });
      await listen(kinds['a feed']({ control, retry: false }), async (url) => {
        expect(await textOf(url))
          .to.match(/^id: #0\n/)
          .and.not.include('retry:');
      });
    });
  }

  it("sends a retry with retry: true and control: 'none'", async () => {
    await listen(kinds['a run']({ control: 'none', retry: true }), async (url) => {
      expect(await textOf(url)).to.equal(`retry: 3000\n\n${bare}`);
    });
  });

  it('applies to a web response as well, with the head at once', async () => {
    const answered = await webSse({ wire: 'data-only', events: Ticks }, of(first, second))(new Request('http://h/'));
    expect(await answered.text()).to.equal(bare);
    const silent = await webSse({ wire: 'data-only' }, NEVER)(new Request('http://h/'));
    expect(silent.status).to.equal(200);
    await silent.body?.cancel();
  });

  it('sends the head at once when nothing precedes the first event', async () => {
    await listen(sse({ wire: 'data-only' }, NEVER), async (url) => {
      const { status, close } = await openStream(url);
      close();
      expect(status).to.equal(200);
    });
  });

  it('cuts the connection when the feed has failed and only the event rxsse.end could report it', async () => {
    const failed = () => feed(Ticks, { source: throwError(() => new Error('source')), onError: () => {} });
    for (const [wire, expected] of [
      ['rxsse', /data: \{"reason":"failed"\}\n\n$/],
      ['data-only', /^$/],
      [{ control: 'ids', end: done }, /^id: #0\nretry: 3000\n\n$/],
    ] as const) {
      for (const pipeline of [false, true]) {
        const ticks = failed();
        const route = pipeline ? sse({ wire }, (context) => ticks.read(context)) : sse({ wire }, ticks);
        await listen(route, async (url) => {
          const stream = await openStream(url);
          const text = withoutEpochs(await (wire === 'rxsse' ? stream.ended() : stream.over()));
          expect(text).to.match(expected);
        });
      }
    }
  });

  it('sends what onError returns, and then the end of the protocol', async () => {
    const failing = concat(of(1), timer(0).pipe(mergeMap(() => throwError(() => new Error('secret')))));
    const onError = () => message({ event: 'error', data: { error: 'busy' } });
    await listen(sse({ wire: { control: 'none', end: done }, onError }, failing), async (url) => {
      expect(await textOf(url)).to.equal('data: 1\n\nevent: error\ndata: {"error":"busy"}\n\ndata: [DONE]\n\n');
    });
  });
});

describe('a gap on another wire', () => {
  const unknown = '1.AAAAAAAAAAAAAAAA.7';
  const missed = (gap: { readonly reason: string }) => message({ data: { missed: gap.reason } });
  const rows = [
    [
      { control: 'events', gap: 'none' },
      'id: #7\nevent: rxsse.position\nretry: 3000\ndata:\n\nid: #0\nevent: rxsse.position\ndata:\n\n',
    ],
    [
      { control: 'events', gap: missed },
      'id: #7\nevent: rxsse.position\nretry: 3000\ndata:\n\nid: #0\ndata: {"missed":"epoch"}\n\n',
    ],
    [{ control: 'ids' }, 'id: #7\nretry: 3000\n\nid: #0\n\n'],
    [{ control: 'ids', gap: missed }, 'id: #7\nretry: 3000\n\nid: #0\ndata: {"missed":"epoch"}\n\n'],
    [{ control: 'ids', gap: () => undefined }, 'id: #7\nretry: 3000\n\nid: #0\n\n'],
    [{ control: 'none' }, ''],
    [{ control: 'none', gap: missed }, 'data: {"missed":"epoch"}\n\n'],
    [
      { control: 'none', gap: 'event' },
      'event: rxsse.gap\ndata: {"reason":"epoch","requested":"#7","resumedFrom":"#0"}\n\n',
    ],
  ] as const satisfies readonly (readonly [WireOptions, string])[];

  for (const [kind, routeOf] of Object.entries(kinds)) {
    for (const [wire, start] of rows) {
      const shown = `control '${wire.control}' and gap ${'gap' in wire ? String(wire.gap) : 'absent'}`;
      it(`of ${kind} is written with ${shown}, and the header reports it`, async () => {
        const { body, end } = table[wire.control];
        const isPlain = kind === 'a plain stream';
        // A stream that does not resume has no position before the gap.
        const plain = start.replace(/^id: #7\n(event: rxsse\.position\n)?retry: 3000\n(data:\n)?\n/, 'retry: 3000\n\n');
        const expected = (isPlain ? plain : start) + body + (wire.control === 'events' ? end.event : end.none);
        await listen(routeOf(wire), async (url) => {
          expect(await textOf(url, unknown)).to.equal(expected);
          expect(await answerOf(url, unknown)).to.deep.equal([200, 'gap;reason=epoch']);
        });
      });
    }
  }

  it('is written in the frame of the protocol for events that were dropped for a slow reader', async () => {
    for (const control of ['events', 'ids', 'none'] as const) {
      const route = sse(
        { wire: { control, gap: missed }, overflow: 'drop-oldest', queue: { maxEvents: 1 } },
        range(0, 50_000),
      );
      await listen(route, async (url) => {
        const id = control === 'none' ? '' : 'id: #\\d+\\n';
        const lost = new RegExp(`\\n\\n${id}data: \\{"missed":"overflow"\\}\\n\\n${id}data: 49999\\n\\n`);
        expect(await textOf(url)).to.match(lost);
      });
    }
  });

  it('is reported, and moves the position alone, when the function of the program throws or returns no frame', async () => {
    for (const [gap, error] of [
      [
        () => {
          throw new Error('no words');
        },
        'Error: no words',
      ],
      [
        () => 'text' as never,
        'TypeError: sse: wire.gap must return a frame made by message(...) or undefined, got string',
      ],
    ] as const) {
      const reported: string[] = [];
      setErrorReporter((thrown, where) => void reported.push(`${where}: ${thrown}`));
      try {
        await listen(kinds['a feed']({ control: 'ids', gap }), async (url) => {
          expect(await textOf(url, unknown)).to.equal(`id: #7\nretry: 3000\n\nid: #0\n\n${numbered}id: #2~\n\n`);
        });
      } finally {
        setErrorReporter(undefined);
      }
      expect(reported).to.deep.equal([`wire.gap of sse: ${error}`]);
    }
  });

  it('is written for a cursor that the feed has not reached', async () => {
    const ticks = feed(Ticks);
    ticks.publish(first);
    const wire = { control: 'ids', gap: ({ reason }) => message({ data: reason }) } satisfies WireOptions;
    await listen(sse({ wire }, ticks), async (url) => {
      expect(
        withoutEpochs(await readWire(url, /"future"/, { headers: { 'last-event-id': futureOf(await tailOf(url)) } })),
      ).to.equal('id: #99\nretry: 3000\n\nid: #1\ndata: "future"\n\n');
    });
  });
});

/** Returns the cursor with which a reader of a feed starts. */
async function tailOf(url: string): Promise<string> {
  const [, cursor = ''] = /id: (\S+)/.exec(await readWire(url, /id: \S+\n/)) ?? [];
  return cursor;
}

const futureOf = (cursor: string) => cursor.replace(/\d+$/, '99');
