import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect } from 'chai';
import express from 'express';
import * as t from 'io-ts';
import { concat, interval, mergeMap, NEVER, of, throwError, timer } from 'rxjs';
import {
  connectionLimit,
  type DiagnosticsMessages,
  feed,
  feeds,
  filterEvents,
  memoryLog,
  receive,
  type SseHandler,
  type SseRequest,
  shutdown,
  sse,
} from '../../lib/index.ts';
import { failing, marbles } from '../../lib/testing/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { channelNames, type RecordedMessages, recordMessages } from '../support/recordMessages.ts';
import { watchProcess } from '../support/watchProcess.ts';
import { servers } from './servers.ts';
import { publish, Ticks } from './ticks.ts';

const lateError = new Error('late');
const late = () => concat(of('secret-event'), timer(1).pipe(mergeMap(() => throwError(() => lateError))));
const ending = { onError: () => 'end' as const };

describe('the messages on node:diagnostics_channel', () => {
  for (const [name, mount] of Object.entries(servers)) {
    describe(`of a connection over ${name}`, () => {
      const serving = (
        route: SseHandler<SseRequest>,
        use: (url: string, recorded: RecordedMessages) => Promise<void>,
      ): Promise<void> => recordMessages((recorded) => listen(mount(route).listener, (url) => use(url, recorded)));

      /** The ways to close a connection of a route that was opened: the route, and what ends it. */
      const ways: Readonly<Record<string, [route: () => SseHandler<SseRequest>, errors: boolean, events: number]>> = {
        completed: [() => sse(of('secret-event')), false, 1],
        failed: [() => sse({ onError: () => undefined }, late()), true, 1],
        timeout: [() => sse({ timeout: { first: 5 }, ...ending }, NEVER), true, 0],
        'max-age': [() => sse({ maxAge: 5 }, NEVER), false, 0],
        expired: [() => sse({ expiresAt: () => new Date(0) }, NEVER), false, 0],
      };
      for (const [reason, [routeOf, errors, events]] of Object.entries(ways)) {
        it(`report that it was opened, and closed as ${reason}`, () =>
          serving(routeOf(), async (url, recorded) => {
            const wire = await openStream(`${url}/by/7?token=secret-query`);
            const text = await wire.over();
            const { duration, bytes, error, ...closed } = await recorded.next('rxsse:connection:close');
            const [opened] = recorded.of('rxsse:connection:open');
            expect(recorded.names).to.deep.equal([
              'connection:open',
              ...(errors ? ['connection:error'] : []),
              'connection:close',
            ]);
            const { connection = NaN } = opened ?? {};
            const route = name.startsWith('Express') ? 'GET /by/:id' : 'GET /by/7';
            expect(opened).to.deep.equal({ connection, route, lastEventId: undefined });
            expect(closed).to.deep.equal({ connection, route, reason, events, dropped: 0 });
            expect(bytes).to.equal(text.length);
            expect(duration).to.be.within(0, 5000);
            const [reported] = recorded.of('rxsse:connection:error');
            expect(error).to.equal(reported?.error);
            if (errors) expect(reported).to.include({ connection, route });
            if (reason === 'failed') expect(error).to.equal(lateError);
            expect(JSON.stringify(recorded.all)).not.to.include('secret');
          }));
      }

      it('report a reader that disconnects, with the id that it sent and the gap that it got', () =>
        serving(sse(NEVER), async (url, recorded) => {
          const wire = await openStream(url, { headers: { 'Last-Event-ID': 'unknown' } });
          const { connection, lastEventId, route } = await recorded.next('rxsse:connection:open');
          await wire.until(/rxsse\.gap/);
          wire.close();
          expect(await recorded.next('rxsse:connection:close')).to.include({ connection, reason: 'disconnected' });
          expect(lastEventId).to.equal('unknown');
          const [first, ...others] = recorded.of('rxsse:connection:gap');
          const { resumedFrom, ...gap } = first ?? { resumedFrom: 'none' };
          expect(gap).to.deep.equal({ connection, route, reason: 'invalid', requested: null });
          expect(wire.text()).to.include(resumedFrom);
          expect(others).to.deep.equal([]);
        }));

      it('report a shutdown, and the request that is refused after it', () => {
        const route = sse(NEVER);
        return serving(route, async (url, recorded) => {
          const wire = await openStream(url);
          await wire.until(/retry/);
          await shutdown(route, { duration: 0 });
          await wire.over();
          expect(await recorded.next('rxsse:connection:close')).to.include({ reason: 'shutdown', error: undefined });
          await (await openStream(url)).over();
          const { connection, ...refused } = await recorded.next('rxsse:connection:refuse');
          expect(refused).to.deep.equal({ route: 'GET /', reason: 'shutdown', error: undefined });
          expect(connection).to.be.above(recorded.of('rxsse:connection:open')[0]?.connection ?? Infinity);
          expect(recorded.names).to.deep.equal(['connection:open', 'connection:close', 'connection:refuse']);
        });
      });

      it('report why a request was refused, and neither that it was opened nor closed', () => {
        const forbidden = Object.assign(new Error('no session'), { status: 401 });
        const route = sse(
          {
            query: { n: t.string },
            state: () => {
              if (Object.isFrozen(forbidden)) throw forbidden;
            },
          },
          () => of(1),
        );
        return serving(route, async (url, recorded) => {
          const ask = async (path: string, options = {}): Promise<void> => {
            await (await openStream(url + path, options)).over();
          };
          await ask('/');
          await ask('/?n=1', { method: 'HEAD' });
          const wire = await openStream(`${url}/?n=1`);
          const end = (await wire.ended()).match(/(?<=^id: ).+$/gm)?.at(-1);
          await ask('/?n=1', { headers: { 'Last-Event-ID': end } });
          Object.freeze(forbidden);
          await ask('/?n=1');
          const refused = recorded.of('rxsse:connection:refuse');
          expect(refused.map(({ reason }) => reason)).to.deep.equal(['input', 'head', 'ended', 'error']);
          expect(refused.map(({ error }) => error)).to.deep.equal([undefined, undefined, undefined, forbidden]);
          expect(recorded.of('rxsse:connection:open').length).to.equal(1);
          expect(recorded.of('rxsse:connection:close').length).to.equal(1);
        });
      });
    });
  }

  it('report requests beyond the bounds of all connections and of one client', () =>
    recordMessages((recorded) => {
      const limit = connectionLimit({
        maxConnections: 2,
        maxConnectionsPerClient: 1,
        client: ({ url }: SseRequest) => url,
      });
      return listen(sse({ connectionLimit: limit }, NEVER), async (url) => {
        const wires = [];
        for (const path of ['/a', '/a', '/b', '/c']) wires.push(await openStream(url + path));
        const refused = recorded.of('rxsse:connection:refuse').map(({ route, reason }) => `${route} ${reason}`);
        expect(refused).to.deep.equal(['GET /a client', 'GET /c full']);
        for (const wire of wires) wire.close();
      });
    }));

  it(
    'report a gap in mid-stream, a stalled socket and a reader that is too slow',
    marbles(({ reader, flush, cold }) => {
      const seen: unknown[] = [];
      const onGap = (message: unknown): void => {
        const { reason } = message as DiagnosticsMessages['rxsse:connection:gap'];
        seen.push(reason);
      };
      const onClose = (message: unknown): void => {
        const { reason, duration, error } = message as DiagnosticsMessages['rxsse:connection:close'];
        seen.push(`${reason} ${duration} ${error === undefined ? '' : (error as Error).name}`.trim());
      };
      subscribe('rxsse:connection:gap', onGap);
      subscribe('rxsse:connection:close', onClose);
      try {
        const shared = feed(Ticks, { log: memoryLog({ maxEntries: 10, maxBytes: 1 }) });
        reader(sse({ heartbeat: 1 }, shared), { socket: '5ms F 20ms D 15ms X' });
        reader(
          sse({ heartbeat: 1 }, (context) => shared.read(context).pipe(filterEvents(() => true))),
          {
            socket: '5ms F 20ms D 16ms X',
          },
        );
        reader(sse({ heartbeat: false, stallTimeout: 50 }, interval(10)), { socket: '15ms F' });
        reader(sse({ heartbeat: false, queue: { maxEvents: 3 }, onError: () => undefined }, interval(10)), {
          socket: '65ms F',
        });
        cold('10ms a').subscribe(() => void publish(shared, ...Array(20).keys()));
        flush();
      } finally {
        unsubscribe('rxsse:connection:gap', onGap);
        unsubscribe('rxsse:connection:close', onClose);
      }
      expect(seen).to.deep.equal([
        'trimmed',
        'trimmed',
        'disconnected 42',
        'disconnected 43',
        'stalled 70',
        'overflow 100 LimitError',
      ]);
    }),
  );

  it('report what a feed has stored, with readers and without, and its errors', () =>
    recordMessages(async (recorded) => {
      const ticks = feed(Ticks);
      await listen(express().get('/', sse(ticks)).post('/', receive(ticks)), async (url) => {
        const cursors = [await publish(ticks, 1)];
        const wire = await openStream(url);
        await wire.until(/\n\n/);
        cursors.push(await publish(ticks, 22, 333));
        const body = JSON.stringify({ type: 'tick', data: 4444 });
        const posted = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
        expect(posted.status).to.equal(202);
        await wire.until(/4444/);
        wire.close();
        const messages = recorded.of('rxsse:feed:publish');
        expect(messages.map(({ events, bytes, readers }) => [events, bytes, readers])).to.deep.equal([
          [1, 1, 0],
          [2, 5, 1],
          [1, 4, 1],
        ]);
        expect(messages.slice(0, 2).map(({ cursor }) => cursor)).to.deep.equal(cursors);
        for (const { feed: label, key, duration } of messages) {
          expect([label, key]).to.deep.equal(['tick', undefined]);
          expect(duration).to.be.at.least(0);
        }
      });
    }));

  it('report the key of a feed of a family, the events of a source and those that it drops', () =>
    recordMessages(async (recorded) => {
      const errors: unknown[] = [];
      const source = concat(of(Ticks.Tick(1), { type: 'tick', data: 'secret' } as never), NEVER);
      const rooms = feeds(Ticks, { feed: () => ({ source, start: 'now', onError: (error) => errors.push(error) }) });
      rooms.get('lobby');
      expect(recorded.names).to.deep.equal(['feed:publish', 'feed:error']);
      const [error] = errors;
      expect(recorded.of('rxsse:feed:error')).to.deep.equal([{ feed: 'tick', key: 'lobby', error }]);
      expect(recorded.of('rxsse:feed:publish')[0]).to.include({ feed: 'tick', key: 'lobby', events: 1, readers: 0 });
      rooms.close();
    }));

  it('report no publication that the log did not store, that has no event, or that is of a stream of one request', () =>
    recordMessages(async (recorded) => {
      const errors: unknown[] = [];
      const log = failing(memoryLog(), { append: '#' });
      const ticks = feed(Ticks, { log, onError: (error) => errors.push(error) });
      const failure = await ticks.publish(Ticks.Tick(1)).then(undefined, (error: unknown) => error);
      expect(failure).to.be.instanceOf(Error);
      expect(errors).to.deep.equal([]);
      await ticks.publish([]);
      await listen(
        sse({ resume: { linger: 0 } }, () => of(1)),
        async (url) => {
          await (await openStream(url)).ended();
        },
      );
      expect(recorded.names).to.deep.equal(['connection:open', 'connection:close']);
    }));

  it('are not published without a subscriber', async () => {
    const published: string[] = [];
    const channels = channelNames.map((name) => channel(name));
    for (const each of channels) {
      each.publish = () => published.push(String(each.name));
      // Other specs of the process may have subscribed.
      Object.defineProperty(each, 'hasSubscribers', { value: false, configurable: true });
    }
    try {
      const ticks = feed(Ticks, { onError: () => {}, source: of({ type: 'tick', data: NaN } as const), linger: 0 });
      const route = sse({ ...ending, query: { n: t.string } }, ({ query }) => (query.n === 'f' ? ticks : late()));
      await listen(route, async (url) => {
        const headers = { 'Last-Event-ID': 'unknown' };
        for (const path of ['', '?n=f', '?n=g']) await (await openStream(`${url}/${path}`, { headers })).over();
        await publish(feed(Ticks), 1);
      });
    } finally {
      for (const each of channels) {
        Reflect.deleteProperty(each, 'publish');
        Reflect.deleteProperty(each, 'hasSubscribers');
      }
    }
    expect(published).to.deep.equal([]);
  });

  it('are published in the async context of the request', () =>
    recordMessages(async () => {
      const store = new AsyncLocalStorage<string>();
      const seen: string[] = [];
      const see = (_message: unknown, name: string | symbol): void =>
        void seen.push(`${String(name)} ${store.getStore()}`);
      for (const name of channelNames) subscribe(name, see);
      try {
        // The timer of timeouts is shared by all connections.
        const silent = sse({ timeout: { first: 20 }, ...ending }, NEVER);
        const app = express().use((request, _response, next) => store.run(request.url, next));
        await listen(app.get('/:of', silent), async (url) => {
          const headers = { 'Last-Event-ID': 'unknown' };
          const wires = await Promise.all(['a', 'b'].map((path) => openStream(`${url}/${path}`, { headers })));
          await Promise.all(wires.map((wire) => wire.over()));
        });
      } finally {
        for (const name of channelNames) unsubscribe(name, see);
      }
      const names = ['open', 'gap', 'error', 'close'].map((name) => `rxsse:connection:${name}`);
      expect(seen).to.have.members(names.flatMap((name) => [`${name} /a`, `${name} /b`]));
    }));

  it('break no stream when a subscriber throws: Node reports that as an uncaught exception', async () => {
    const raise = (): never => {
      throw new Error('of the subscriber');
    };
    const unhandled = watchProcess();
    for (const name of channelNames) subscribe(name, raise);
    try {
      const ticks = feed(Ticks);
      await listen(sse(ticks), async (url) => {
        const wire = await openStream(url, { headers: { 'Last-Event-ID': 'unknown' } });
        await wire.until(/\n\n/);
        await publish(ticks, 1, 2);
        await ticks.end();
        expect(await wire.ended()).to.match(/data: 1\n.*data: 2\n.*rxsse\.end/s);
      });
      expect(await unhandled.settled()).to.deep.equal(Array(4).fill('Error: of the subscriber'));
    } finally {
      for (const name of channelNames) unsubscribe(name, raise);
      unhandled.stop();
    }
  });
});
