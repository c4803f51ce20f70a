import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { expect } from 'chai';
import { EventSource } from 'eventsource';
import * as t from 'io-ts';
import { of } from 'rxjs';
import { type DecodeError, events, feed, sse, withId } from 'rxsse';
import { fromEventSource, readSse } from 'rxsse/client';
import { message, parseFrames } from 'rxsse/wire';
import { setErrorReporter } from '../../../lib/error/reportError.ts';
import { listen } from '../../support/listen.ts';
import { end, readTicks, recordStates, Tick, Ticks, tick, valuesOf } from './readTicks.ts';

/** Larger than what a server of Node reads of all headers together. */
const hugeId = 'x'.repeat(500_000);

/** The longest id that clients send back, and one that is longer by a byte; `é` has two bytes. */
const longestId = 'é'.repeat(2048);
const longerId = `${longestId}x`;

/** Answers each request with the next text, and every later one with the last text, and records the positions. */
function answering(...texts: readonly string[]): {
  readonly handler: RequestListener;
  readonly positions: (string | undefined)[];
} {
  const positions: (string | undefined)[] = [];
  return {
    positions,
    handler: ({ headers, url = '' }, response) => {
      const query = new URL(url, 'http://x').searchParams.get('lastEventId');
      positions.push(query === null ? utf8(headers) : `query ${query}`);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.end(texts[Math.min(positions.length, texts.length) - 1]);
    },
  };
}

function utf8(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['last-event-id'];
  return header === undefined ? undefined : Buffer.from(String(header), 'latin1').toString('utf8');
}

const tooLong = 'id: expected at most 4096 bytes without control characters, got another id';

describe('an id that a request cannot carry', () => {
  for (const [what, id] of [
    ['of 500 KB', hugeId],
    ['of 4097 bytes', longerId],
    ['with a control character', 'a\u0001b'],
  ] as const) {
    it(`${what} does not change the position, delivers its event and is reported`, async () => {
      const { handler, positions } = answering(tick(1) + tick(2, id), tick(2, '2') + end);
      const issues: string[] = [];
      const cursors: string[] = [];
      const observer = recordStates();
      await listen(handler, async (url) => {
        const stream = readTicks(url, {
          onError: (error) => issues.push(...error.issues),
          cursorObserver: { next: (cursor) => cursors.push(cursor) },
          statusObserver: observer,
        });
        expect(await valuesOf(stream)).to.deep.equal([Tick(1), Tick(2), Tick(2)]);
      });
      expect(positions).to.deep.equal([undefined, '1']);
      expect(cursors).to.deep.equal(['1', '2']);
      expect(issues).to.deep.equal([tooLong]);
      expect(observer.states.at(-1)).to.equal('completed');
    });
  }

  it('is one of more than 4096 bytes of UTF-8', async () => {
    const { handler, positions } = answering(tick(1, longestId), end);
    await listen(handler, async (url) => {
      expect(await valuesOf(readTicks(url))).to.deep.equal([Tick(1)]);
    });
    expect(positions).to.deep.equal([undefined, longestId]);
  });

  it('is not sent if it is the option, and is reported', async () => {
    const { handler, positions } = answering(end);
    const issues: string[] = [];
    await listen(handler, async (url) => {
      const onError = (error: DecodeError) => issues.push(...error.issues);
      for (const lastEventId of [hugeId, () => longerId]) await valuesOf(readTicks(url, { lastEventId, onError }));
    });
    expect(positions).to.deep.equal([undefined, undefined]);
    expect(issues).to.deep.equal([tooLong, tooLong]);
  });

  it('does not change the position of a loop', async () => {
    const { handler, positions } = answering(tick(1) + tick(2, hugeId), end);
    const ids: string[] = [];
    await listen(handler, async (url) => {
      const options = { withId: true, onError: () => {}, backoff: { initialDelay: 1, maxDelay: 1 } } as const;
      for await (const { id } of readSse(url, Ticks, options)) ids.push(id);
    });
    expect(ids).to.deep.equal(['1', '1']);
    expect(positions).to.deep.equal([undefined, '1']);
  });

  it('is reported once by default, and does not end a stream whose invalid events are errors', async () => {
    const { handler } = answering(tick(1, hugeId) + tick(2, hugeId) + end);
    const reports: string[] = [];
    let address = '';
    setErrorReporter((error, where) => reports.push(`${where}: ${(error as DecodeError).issues.join()}`));
    try {
      await listen(handler, async (url) => {
        address = url;
        const stream = readTicks(url, { invalidEvents: 'error', unknownEvents: 'error' });
        expect(await valuesOf(stream)).to.deep.equal([Tick(1), Tick(2)]);
      });
    } finally {
      setErrorReporter(undefined);
    }
    expect(reports).to.deep.equal(
      Array(2).fill(`fromSse ${address} (ignored an id and continues, see onError): ${tooLong}`),
    );
  });

  it('is not in the URL of the next EventSource', async () => {
    const { handler, positions } = answering(`retry: 1\n\n${tick(1)}${tick(2, hugeId)}`, tick(2, '2') + end);
    await listen(handler, async (url) => {
      const create = (id: string) => new EventSource(`${url}${id === '' ? '' : `?lastEventId=${id}`}`);
      const stream = fromEventSource(create, Ticks, { onError: () => {}, backoff: { initialDelay: 1, maxDelay: 1 } });
      expect(await valuesOf(stream)).to.deep.equal([Tick(1), Tick(2), Tick(2)]);
    });
    // The EventSource itself sends the id first, and the server of Node rejects it before it calls the handler.
    expect(positions).to.deep.equal([undefined, 'query 1']);
  });
});

describe('a server and a position of several kilobytes', () => {
  const { OrderPaid } = events({ OrderPaid: { order: t.string } });
  const position = 'x'.repeat(8000);
  const forms = [
    ['header', (url: string) => fetch(url, { headers: { 'Last-Event-ID': position } })],
    ['query', (url: string) => fetch(`${url}?lastEventId=${position}`)],
  ] as const;

  for (const [form, request] of forms) {
    it(`answers the ${form} with a gap that does not repeat it`, async () => {
      const orders = feed(events({ OrderPaid }));
      orders.publish(OrderPaid({ order: 'A' }));
      orders.end();
      await listen(sse(orders), async (url) => {
        const response = await request(url);
        expect([response.status, response.headers.get('rxsse-resume')]).to.deep.equal([200, 'gap;reason=invalid']);
        const text = await response.text();
        expect(text).to.include('"requested":null');
        expect(text).to.not.include(position.slice(0, 100));
      });
    });

    it(`passes the ${form} to a program that numbers its events itself`, async () => {
      const lengths: unknown[] = [];
      const route = sse({ resume: 'own-ids' }, ({ lastEventId }) => {
        lengths.push(lastEventId?.length);
        return of(1);
      });
      await listen(route, async (url) => void (await (await request(url)).text()));
      expect(lengths).to.deep.equal([position.length]);
    });
  }

  it('is not sent as an id', () => {
    const paid = OrderPaid({ order: 'A' });
    for (const [what, create] of [
      ['withId', (id: string) => withId(paid, id)],
      ['message', (id: string) => message({ id, data: 1 })],
    ] as const) {
      expect(() => create(longestId)).to.not.throw();
      expect(() => create(longerId)).to.throw(
        RangeError,
        `${what}: id must have at most 4096 bytes, got more; a reader sends it back in a header`,
      );
    }
  });

  it('is removed from the messages of another server', async () => {
    const upstream = of(new TextEncoder().encode(tick(1) + tick(2, longerId) + tick(3)));
    const route = sse({ resume: 'own-ids' }, upstream.pipe(parseFrames()));
    await listen(route, async (url) => {
      const text = await (await fetch(url)).text();
      expect(text).to.include(`${tick(1)}event: tick\ndata: 2\n\n${tick(3)}`);
    });
  });
});
