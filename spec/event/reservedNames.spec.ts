import { expect } from 'chai';
import * as t from 'io-ts';
import { lastValueFrom, of, toArray } from 'rxjs';
import { fromEventSource } from '../../lib/client/fromEventSource.ts';
import { fromSse } from '../../lib/client/fromSse.ts';
import { decodeEvents, event, events, feed, feeds, mapEvents, setErrorReporter, sse } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { scriptedFetch } from '../client/scriptedFetch.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

/** The events of another server, whose clients do not read it by an EventSource. */
const Upstream = events({ Token: { text: t.string }, error: { message: t.string }, open: t.null });
const failure = { type: 'error', data: { message: 'overloaded' } } as const;
const reason = 'is reserved: EventSource dispatches its own event under that name';

const Mine = events({ Token: { text: t.string } });

describe('an event named error or open', () => {
  describe('is read', () => {
    it('by decodeEvents', async () => {
      const frames = of(message({ event: 'error', data: failure.data }), message({ event: 'open', data: null }));
      const decoded = await lastValueFrom(frames.pipe(decodeEvents(Upstream, { onInvalid: 'fail' }), toArray()));
      expect(decoded).to.deep.equal([failure, { type: 'open', data: null }]);
    });

    it('by fromSse', async () => {
      const text = 'event: open\ndata: null\n\nevent: error\ndata: {"message":"overloaded"}\n\n';
      const { fetch } = scriptedFetch({ body: of(`${text}event: rxsse.end\ndata: null\n\n`) });
      const read = await lastValueFrom(fromSse('x:', Upstream, { fetch }).pipe(toArray()));
      expect(read).to.deep.equal([{ type: 'open', data: null }, failure]);
    });

    it("by fromEventSource, which distinguishes it from the EventSource's own", () => {
      const source = Object.assign(new EventTarget(), { readyState: 1, close: () => undefined });
      const dispatch = (type: string, data?: string) =>
        source.dispatchEvent(data === undefined ? new Event(type) : new MessageEvent(type, { data }));
      const read: unknown[] = [];
      const states: string[] = [];
      const reports: unknown[] = [];
      fromEventSource(() => source as never, Upstream, {
        statusObserver: { next: ({ state }) => void states.push(state) },
        onError: (error) => void reports.push(error),
      }).subscribe((value) => read.push(value));
      states.length = 0;
      dispatch('open');
      dispatch('open', 'null');
      dispatch('error', '{"message":"overloaded"}');
      dispatch('error');
      expect(read).to.deep.equal([{ type: 'open', data: null }, failure]);
      expect(states).to.deep.equal(['open', 'connecting']);
      expect(reports).to.deep.equal([]);
    });
  });

  describe('is not sent', () => {
    const errors: string[] = [];
    beforeEach(() => {
      errors.length = 0;
      setErrorReporter((error) => void errors.push(String(error)));
    });
    afterEach(() => setErrorReporter(undefined));

    it('by a feed, whose contract must not contain it', () => {
      expect(() => feed(Upstream)).to.throw(TypeError, `feed: the contract has an event named error, which ${reason}`);
      expect(() => feeds(Upstream)).to.throw(TypeError, 'an event named error, which is reserved');
      expect(() => feed(events({ Open: t.null }))).to.throw(TypeError, 'an event named open, which is reserved');
    });

    it('by a feed of another contract', async () => {
      const published = await feed(Mine)
        .publish(Upstream.error({ message: '' }) as never)
        .then(String, String);
      expect(published).to.include(`an event named error ${reason}`);
    });

    it('by a route whose reader may be an EventSource, whose contract must not contain it', () => {
      const route = () => sse({ events: Upstream }, of(Upstream.open(null)));
      expect(route).to.throw(TypeError, `sse: events has an event named error, which ${reason}`);
      expect(() => sse({ events: Upstream, wire: { retry: false } }, of())).to.throw(TypeError, reason);
    });

    it('by a route without a contract', async () => {
      const stream = of(event('error', { message: t.string })({ message: 'lost' }));
      await listen(sse(stream), async (url) => {
        expect(await (await openStream(url)).over()).to.not.include('lost');
        expect(errors.join()).to.include(`an event named error ${reason}`);
      });
    });

    it('as the end or the gap of a wire', async () => {
      const end = message({ event: 'error', data: failure.data });
      expect(() => sse({ wire: { end } }, of())).to.throw(TypeError, `sse: a wire.end named error ${reason}`);
      expect(() => sse({ wire: { control: 'ids', end } }, of())).to.not.throw();
      const route = sse({ wire: { gap: () => end } }, feed(Mine));
      await listen(route, async (url) => {
        const reader = await openStream(url, { headers: { 'Last-Event-ID': 'unknown' } });
        expect(await reader.until(/\n\n/)).to.not.include('overloaded');
        expect(errors.join()).to.include(`sse: a frame of wire.gap named error ${reason}`);
      });
    });

    it('by a pipeline over a feed', async () => {
      const tokens = feed(Mine, { source: of(Mine.Token({ text: 'a' })) });
      const route = sse({ resume: { from: 'oldest' } }, (context) =>
        tokens.read(context).pipe(mapEvents(() => Upstream.error({ message: 'lost' }))),
      );
      await listen(route, async (url) => {
        expect(await (await openStream(url)).over()).to.not.include('lost');
        expect(errors.join()).to.include(`an event named error ${reason}`);
      });
    });
  });

  describe('is sent when no reader is an EventSource', () => {
    const data = 'event: error\ndata: {"message":"overloaded"}\n\n';

    it('by a route with a contract', async () => {
      await listen(sse({ events: Upstream, wire: 'data-only' }, of(failure)), async (url) => {
        expect(await (await openStream(url)).ended()).to.equal(data);
      });
    });

    it('by a pipeline over a feed', async () => {
      const tokens = feed(Mine, { source: of(Mine.Token({ text: 'a' })) });
      const route = sse({ wire: 'data-only', resume: { from: 'oldest' } }, (context) =>
        tokens.read(context).pipe(mapEvents(() => Upstream.error({ message: 'overloaded' }))),
      );
      await listen(route, async (url) => expect(await (await openStream(url)).ended()).to.equal(data));
    });
  });
});
