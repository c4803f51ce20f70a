import { expect } from 'chai';
import { NEVER, throwError } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, message } from '../../lib/wire/index.ts';
import { received } from '../feed/received.ts';
import { failing, isQuiet, raise, Secret } from './failing.ts';
import { Ticks } from './ways.ts';

describe('an error after the first byte', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  const cuts: Readonly<Record<string, () => unknown>> = {
    'says nothing': () => undefined,
    "says 'cut'": () => 'cut',
    throws: raise,
    'says what cannot be sent, a BigInt': () => 1n,
    'says what cannot be sent, a cycle': () => cycle,
    'says what cannot be sent, a function': () => () => {},
  };
  for (const [what, onError] of Object.entries(cuts)) {
    it(
      `cuts the connection when onError ${what}`,
      marbles(({ reader, expectFrames, flush, reportedErrors }) => {
        const reported = reportedErrors();
        const r = reader(sse({ onError }, failing()));
        expectFrames(r).toBe('v#', { v: 1 });
        flush();
        const where = /^says (nothing|'cut')$/.test(what) ? [] : ['onError of sse GET /'];
        expect(reported.map((report) => report.where)).to.deep.equal(where);
        isQuiet(r);
      }),
    );
  }

  it(
    'cuts the connection without onError',
    marbles(({ reader, expectFrames, flush }) => {
      const r = reader(sse(failing()));
      expectFrames(r).toBe('v#', { v: 1 });
      flush();
      isQuiet(r);
    }),
  );

  const words: Readonly<Record<string, { readonly word: unknown; readonly shown: unknown; readonly id?: string }>> = {
    'a value': { word: { sorry: true }, shown: { sorry: true }, id: '2' },
    'an event': { word: Ticks.Tick(7), shown: Ticks.Tick(7), id: '2' },
    'a frame': { word: message({ event: 'sorry', data: 7 }), shown: message({ event: 'sorry', data: 7 }), id: '2' },
    'a falsy value': { word: 0, shown: 0, id: '2' },
    'a comment': { word: comment('sorry'), shown: comment('sorry'), id: '1' },
  };
  for (const [what, { word, shown, id }] of Object.entries(words)) {
    it(
      `ends with the last event of onError: ${what}`,
      marbles(({ reader, expectFrames, flush }) => {
        const r = reader(sse({ onError: () => word }, failing()));
        expectFrames(r).toBe('v(w|)', { v: 1, w: shown });
        flush();
        expect(received(r).at(-1)).to.equal('end');
        expect(r.lastEventId).to.match(new RegExp(`\\.${id}~$`));
        isQuiet(r);
      }),
    );
  }

  it(
    "ends the response, and sends the end, when onError returns 'end'",
    marbles(({ reader, expectFrames, flush }) => {
      const r = reader(sse({ onError: () => 'end' }, failing()));
      expectFrames(r).toBe('v|', { v: 1 });
      flush();
      expect(received(r)).to.deep.equal(['1', 'end']);
      isQuiet(r);
    }),
  );

  it(
    'calls onError once, with the context of its reader',
    marbles(({ reader, flush }) => {
      const reported: unknown[] = [];
      const route = sse(
        {
          onError: (error: unknown, { query }: { query: unknown }) => {
            reported.push([error instanceof Secret, (query as { fail: string }).fail]);
            return 'cut';
          },
        },
        ({ query }) => ((query as { fail?: string }).fail ? failing() : NEVER),
      );
      const readers = ['/?fail=a', '/', '/?fail=b'].map((url) => reader(route, { url, socket: '20ms X' }));
      flush();
      expect(reported).to.deep.equal([
        [true, 'a'],
        [true, 'b'],
      ]);
      expect(readers.map(({ cutAt: cut, leftAt: left }) => [cut, left])).to.deep.equal([
        [1, undefined],
        [undefined, 20],
        [1, undefined],
      ]);
    }),
  );
});

describe('an error before the first byte', () => {
  it(
    'is answered with its status and nothing else of it',
    marbles(({ reader, flush }) => {
      const refused = Object.assign(new Secret(), { status: 403 });
      const route = sse(throwError(() => refused));
      const [plain, express] = [reader(route, { next: false }), reader(route)];
      flush();
      expect([plain.status, plain.headers['content-type']]).to.deep.equal([403, 'application/problem+json']);
      expect([express.status, express.error]).to.deep.equal([403, refused]);
      isQuiet(plain);
      isQuiet(express);
    }),
  );
});
