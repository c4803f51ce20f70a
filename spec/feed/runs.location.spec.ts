import { expect } from 'chai';
import * as t from 'io-ts';
import { EMPTY, NEVER, timer } from 'rxjs';
import { DecodeError, type SseRequest, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import type { TestReader } from '../../lib/testing/TestReader.ts';
import { received } from './received.ts';
import { twoProcesses } from './sharedStorage.ts';

const location = (_context: unknown, cursor: string): string => `?lastEventId=${cursor}`;
const byUser = ({ request }: { readonly request: SseRequest }): unknown => request.headers['x-user'];
const as = (user: string) => ({ headers: { 'x-user': user } });

/** The request that reads the stream again which another response has located. */
const located = ({ headers }: TestReader) => ({ url: `/${headers.location}` });

describe('the location of a stream of one request', () => {
  it(
    'reads it from its start, as often as requested and on every wire, and is not sent to readers that resume',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 9ms b 9ms (c|)');
        const subscriptions: string[] = [];
        for (const wire of ['rxsse', 'data-only', { control: 'ids' }] as const) {
          const route = sse({ wire, resume: { location } }, () => words);
          const first = reader(route, { socket: '15ms X' });
          timer(20).subscribe(() => {
            expect(first.headers.location).to.match(/^\?lastEventId=1\.[\w-]{16,}\.0$/);
            const others = [reader(route, located(first)), reader(route, located(first))];
            timer(20).subscribe(() => {
              for (const other of others) {
                expect(received(other).filter((each) => /"/.test(each))).to.deep.equal(['"a"', '"b"', '"c"']);
                expect(other.headers).not.to.have.property('location');
              }
            });
          });
          subscriptions.push('^ 29ms !');
        }
        flush();
        expectSubscriptions(words.subscriptions).toBe(subscriptions);
      },
      { until: '40s' },
    ),
  );

  it(
    'has the context, is refused for another owner, and is left out by a route without the option',
    marbles(
      ({ reader, flush }) => {
        const mine = sse(
          {
            params: { id: t.string },
            resume: { owner: byUser, location: ({ params }, cursor) => `/of/${params.id}?lastEventId=${cursor}` },
          },
          () => NEVER,
        );
        const without = reader(
          sse({ resume: true }, () => NEVER),
          { socket: '3ms X' },
        );
        const one = reader(mine, { ...as('ada'), params: { id: '7' }, socket: '50ms X' });
        timer(5).subscribe(() => {
          expect(one.headers.location).to.match(/^\/of\/7\?lastEventId=1\./);
          expect(without.headers).not.to.have.property('location');
          const eve = reader(mine, {
            ...as('eve'),
            params: { id: '7' },
            url: one.headers.location ?? '',
            socket: '50ms X',
          });
          timer(5).subscribe(() => expect(eve.headers).to.include({ 'rxsse-resume': 'gap;reason=epoch' }));
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'is an HTTP error where the function throws, or returns a promise or what cannot be a header',
    marbles(
      ({ reader, flush }) => {
        const failure = new Error('no place');
        const results: readonly (readonly [() => unknown, string])[] = [
          [
            () => {
              throw failure;
            },
            'no place',
          ],
          [() => Promise.resolve('/a'), 'sse: resume.location must return its value at once, got a promise'],
          [() => 7, 'sse: headers.Location must be a string, got number'],
          [() => '/a\r\nSet-Cookie: b=c', 'sse: headers.Location must be one line'],
        ];
        for (const [fails, message] of results) {
          const r = reader(sse({ resume: { location: fails as () => string, linger: 0 } }, () => NEVER));
          timer(1).subscribe(() =>
            expect([r.status, String(r.error)].join(' '))
              .to.include('500')
              .and.include(message),
          );
        }
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'is not sent for a request whose stream is not retained',
    marbles(
      ({ reader, flush }) => {
        const route = sse({ resume: { location, gapPolicy: 'end' } }, () => EMPTY);
        const lost = reader(route, { lastEventId: '1.AAAAAAAAAAAAAAAA.5' });
        flush();
        expect(lost.headers).not.to.have.property('location');
        expect(received(lost)).to.include('end');
      },
      { until: '40s' },
    ),
  );

  it(
    'is read at another process, from a log that both share, also where the wire has no ids',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('10ms a 9ms b 9ms (c|)');
      const { one, two } = twoProcesses(() => words, { wire: 'data-only' }, { location });
      const first = reader(one.route, { socket: '16ms X' });
      timer(18).subscribe(() => {
        const other = reader(two.route, located(first));
        timer(40).subscribe(() => expect(received(other)).to.deep.equal(['"a"', '"b"', '"c"']));
      });
      flush();
      expect([two.signals.length, one.errors, two.errors]).to.deep.equal([0, [], []]);
      expectSubscriptions(words.subscriptions).toBe('---^ 29ms !');
    }),
  );
});

describe('a GET of a route whose streams a body starts', () => {
  const Question = { text: t.string };
  const routeOf = () => {
    const requested: string[] = [];
    const route = sse({ body: Question, resume: { location, linger: 100 } }, ({ body }) => {
      requested.push(body.text);
      return NEVER;
    });
    return { route, requested };
  };
  const posted = { method: 'POST', body: { text: 'why?' } };

  it(
    'resumes the stream that its cursor names, and starts none',
    marbles(
      ({ reader, flush }) => {
        const { route, requested } = routeOf();
        const first = reader(route, { ...posted, socket: '5ms X' });
        timer(10).subscribe(() => {
          const requests = [reader(route, { ...located(first), socket: '30ms X' })];
          requests.push(reader(route, { lastEventId: first.lastEventId, body: {}, socket: '30ms X' }));
          timer(5).subscribe(() => {
            for (const each of requests) expect(each.headers).to.include({ 'rxsse-resume': 'exact' });
            expect(requested).to.deep.equal(['why?']);
          });
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'is answered 404 for an unknown stream and without a cursor, and starts one where a parser has read a body',
    marbles(
      ({ reader, flush }) => {
        const { route, requested } = routeOf();
        const another = { lastEventId: '1.AAAAAAAAAAAAAAAA.0' };
        const [unknown, bare, mistaken] = [
          reader(route, another),
          reader(route),
          reader(route, { url: '/?lastEventId=x' }),
        ];
        const withBody = reader(route, { ...another, body: posted.body, socket: '30ms X' });
        const repeated = reader(route, { ...posted, ...another, socket: '30ms X' });
        timer(5).subscribe(() => {
          expect([unknown, bare, mistaken].map(({ status }) => status)).to.deep.equal([404, 404, 404]);
          const expected = 'the id of a stream that is retained';
          expect([unknown, bare].map(({ problem }) => problem)).to.deep.equal(
            ['another', 'none'].map((got) => ({
              type: 'about:blank',
              status: 404,
              title: 'Not Found',
              detail: `lastEventId: expected ${expected}, got ${got}`,
              errors: [{ path: 'lastEventId', expected, got }],
            })),
          );
          for (const each of [withBody, repeated])
            expect(each.headers).to.include({ 'rxsse-resume': 'gap;reason=epoch' });
          expect(requested).to.deep.equal(['why?', 'why?']);
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'has no body for the functions of the route: what reads it throws a DecodeError with the status 422',
    marbles(
      ({ reader, flush }) => {
        const route = sse({ body: Question, resume: { owner: ({ body }) => body.text } }, () => NEVER);
        const first = reader(route, { ...posted, socket: '30ms X' });
        timer(5).subscribe(() => {
          const other = reader(route, { lastEventId: first.lastEventId });
          timer(1).subscribe(() => {
            expect(other.error).to.be.instanceOf(DecodeError).and.include({ status: 422 });
            expect(String(other.error)).to.include('body');
          });
        });
        flush();
      },
      { until: '40s' },
    ),
  );
});
