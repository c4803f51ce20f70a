import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express, { type ErrorRequestHandler, type Express } from 'express';
import express4 from 'express4';
import * as t from 'io-ts';
import { concat, interval, map, NEVER, Observable, of, Subject } from 'rxjs';
import { events, feed, feeds, shutdown, sse } from 'rxsse';
import { type InspectorOptions, inspector } from 'rxsse/inspector';
import { lmdbLog } from 'rxsse/lmdb';
import { coreOf } from '../../lib/feed/coreOf.ts';
import { routeOf } from '../../lib/sink/handler.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { laneOf, lastStatus, withStream } from './watchStream.ts';

const Orders = events({ OrderPaid: { order: t.string, total: t.number }, OrderSent: { order: t.string } });
const paid = (order: string) => Orders.OrderPaid({ order, total: 12.5 });

/** Returns an app with a feed, its route, and an inspector of both at `/inspect`. */
function inspectedApp(options: InspectorOptions = {}) {
  const orders = feed(Orders);
  const readOrders = sse({ resume: { from: 'oldest' } }, orders);
  const app: Express = express();
  app.get('/orders', readOrders);
  app.use('/inspect', inspector({ feeds: { orders }, routes: { '/orders': readOrders }, ...options }));
  return { app, orders, readOrders };
}

const act = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${url}/inspect/actions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('inspector', () => {
  it('sends the lanes and the state first, and then each event of a feed with its name, size and cursor', () => {
    const { app, orders } = inspectedApp();
    return listen(app, (url) =>
      withStream(url, async ({ until, events: all }) => {
        await until((seen) => (seen.length >= 3 ? seen : undefined));
        const [first] = all;
        // The lanes of `watch` are those of the whole process, of other specs as well.
        const lanes = first?.type === 'lanes' ? first.data.lanes.map(({ id }) => id) : [];
        expect(lanes.filter((id) => !id.startsWith('watch:'))).to.deep.equal(['feed:orders', 'route:/orders']);
        const cursor = await orders.publish(paid('A-17'));
        const mark = await until((seen) => laneOf(seen, 'feed:orders').marks[0]);
        expect(mark).to.include({ kind: 'event', name: 'order_paid', bytes: 29, cursor });
        expect(mark).to.not.have.property('data');
      }),
    );
  });

  it('shows the data of events with payloads, or what the function returns for them', async () => {
    const shown = async (payloads: NonNullable<InspectorOptions['payloads']>): Promise<string | undefined> => {
      const { app, orders } = inspectedApp({ payloads });
      return listen(app, (url) =>
        withStream(url, async ({ until }) => {
          await until((seen) => (seen.length >= 3 ? seen : undefined));
          await orders.publish(paid('A-17'));
          return (await until((seen) => laneOf(seen, 'feed:orders').marks[0])).data;
        }),
      );
    };
    expect(await shown(true)).to.equal('{"order":"A-17","total":12.5}');
    expect(await shown(({ type, data }) => ({ type, order: (data as { order: string }).order }))).to.equal(
      '{"type":"order_paid","order":"A-17"}',
    );
    expect(
      await shown(() => {
        throw new Error('no');
      }),
    ).to.equal(undefined);
  });

  it('cuts the data of a large event', () => {
    const { app, orders } = inspectedApp({ payloads: true });
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => (seen.length >= 3 ? seen : undefined));
        await orders.publish(paid('x'.repeat(5000)));
        const mark = await until((seen) => laneOf(seen, 'feed:orders').marks[0]);
        expect(mark.data).to.have.length(2000);
        expect(mark.isCut).to.equal(true);
      }),
    );
  });

  it('counts all events of a burst, and sends some of them as a sample', () => {
    const { app, orders } = inspectedApp();
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => (seen.length >= 3 ? seen : undefined));
        await orders.publish(Array.from({ length: 5000 }, (_, n) => paid(`n${n}`)));
        const lane = await until((seen) => {
          const found = laneOf(seen, 'feed:orders');
          return found.count >= 5000 ? found : undefined;
        });
        expect(lane).to.include({ count: 5000, isSampled: true });
        expect(lane.marks.length).to.be.within(8, 24);
      }),
    );
  });

  it('continues after a pause where it was, with what happened meanwhile', () => {
    const { app, orders } = inspectedApp();
    return listen(app, async (url) => {
      const cursor = await withStream(url, async (stream) => {
        await stream.until((seen) => lastStatus(seen));
        await orders.publish(paid('before'));
        await stream.until((seen) => laneOf(seen, 'feed:orders').marks[0]);
        return stream.cursor;
      });
      const during = [await orders.publish(paid('a')), await orders.publish(paid('b'))];
      await withStream(
        url,
        async ({ until }) => {
          const marks = await until((seen) => {
            const found = laneOf(seen, 'feed:orders').marks;
            return found.length >= 2 ? found : undefined;
          });
          expect(marks.map((mark) => mark.cursor)).to.deep.equal(during);
        },
        cursor,
      );
    });
  });

  it('subscribes to nothing before a page is open', async () => {
    const { app, orders, readOrders } = inspectedApp();
    await listen(app, async (url) => {
      expect((await fetch(`${url}/inspect/events`, { method: 'HEAD' })).status).to.equal(200);
      await orders.publish(paid('A-17'));
    });
    expect(routeOf(readOrders)?.stats.tap).to.equal(undefined);
    expect(coreOf(orders)?.log.wakes).to.have.property('observed', false);
  });

  it('does not start the source of a feed, and is none of its readers', () => {
    let subscriptions = 0;
    const orders = feed(Orders, {
      source: new Observable(() => {
        subscriptions++;
      }),
    });
    const app = express().use('/inspect', inspector({ feeds: { orders } }));
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        expect([subscriptions, orders.readers]).to.deep.equal([0, 0]);
      }),
    );
  });

  it('lists the readers of routes with their cursor, lag and what they got', () => {
    const { app, orders } = inspectedApp({ label: () => 'ada' });
    return listen(app, async (url) => {
      const cursor = await orders.publish(paid('A-17'));
      const fresh = await openStream(`${url}/orders`);
      const resumed = await openStream(`${url}/orders`, { headers: { 'Last-Event-ID': cursor } });
      const lost = await openStream(`${url}/orders`, { headers: { 'Last-Event-ID': 'nonsense' } });
      await withStream(url, async ({ until }) => {
        const readers = await until((seen) => {
          const status = lastStatus(seen);
          return status?.readers.length === 3 && status.readers.every((reader) => reader.cursor === cursor)
            ? status.readers
            : undefined;
        });
        expect(readers.map(({ got }) => got)).to.deep.equal(['start', 'resumed', 'gap: invalid']);
        expect(readers[1]).to.include({
          requested: cursor,
          label: 'ada',
          state: 'open',
          lag: 0,
          lane: 'route:/orders',
        });
        expect(readers[0]?.since).to.be.closeTo(Date.now(), 5000);
      });
      for (const stream of [fresh, resumed, lost]) stream.close();
    });
  });

  it('has the events, the opening and the end of a route that is no feed', () => {
    const ticks = sse(concat(of({ n: 1 }), of({ n: 2 }), interval(150).pipe(map((n) => ({ n })))));
    const app = express();
    app.get('/ticks', ticks).use('/inspect', inspector({ routes: { '/ticks': ticks }, payloads: true }));
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        const stream = await openStream(`${url}/ticks`);
        const marks = await until((seen) => {
          const found = laneOf(seen, 'route:/ticks').marks;
          return found.filter(({ kind }) => kind === 'event').length >= 3 ? found : undefined;
        });
        expect(marks.filter(({ kind }) => kind === 'event').map(({ data }) => data)).to.deep.equal([
          '{"n":1}',
          '{"n":2}',
          '{"n":0}',
        ]);
        expect(marks.map(({ kind }) => kind)).to.include('open');
        stream.close();
        await until((seen) => laneOf(seen, 'route:/ticks').marks.find(({ kind }) => kind === 'close'));
      }),
    );
  });

  it('marks an error of the source of a feed by its name alone', () => {
    const failing = new Subject<never>();
    const orders = feed(Orders, {
      source: failing,
      start: 'now',
      onError: () => {},
    });
    const app = express().use('/inspect', inspector({ feeds: { orders }, payloads: true }));
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        failing.error(new RangeError('SECRET'));
        const marks = await until((seen) => {
          const found = laneOf(seen, 'feed:orders').marks;
          return found.length >= 2 ? found : undefined;
        });
        expect(marks.map(({ kind, name }) => [kind, name])).to.have.deep.members([
          ['error', 'RangeError'],
          ['error', 'failed'],
        ]);
      }),
    );
  });

  it('marks the end of a feed', () => {
    const { app, orders } = inspectedApp();
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        await orders.end();
        expect(await until((seen) => laneOf(seen, 'feed:orders').marks[0])).to.include({ kind: 'end' });
        expect((await until((seen) => lastStatus(seen)?.feeds.find(({ ended }) => ended !== 'no')))?.ended).to.equal(
          'completed',
        );
      }),
    );
  });
});

describe('the lane of a family of feeds', () => {
  const inspected = (rooms: ReturnType<typeof feeds<typeof Orders>>, options: InspectorOptions = {}) =>
    express().use('/inspect', inspector({ feeds: { rooms }, ...options }));

  it('has the events of each feed with its key, also the first of a new one', () => {
    const rooms = feeds(Orders);
    const old = rooms.get('old');
    return listen(inspected(rooms), async (url) => {
      await old.publish(paid('before'));
      await withStream(url, async ({ until, events: all }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        const [first] = all;
        expect(first?.type === 'lanes' && first.data.lanes[0]).to.deep.include({ id: 'feed:rooms', isFamily: true });
        const cursors = [await old.publish(paid('A-1')), await rooms.get('new').publish(paid('A-2'))];
        const lane = await until((seen) => {
          const found = laneOf(seen, 'feed:rooms');
          return found.count === 2 ? found : undefined;
        });
        expect(lane.isSampled).to.equal(false);
        expect(lane.marks.map(({ key, name, cursor }) => [key, name, cursor])).to.have.deep.members([
          ['old', 'order_paid', cursors[0]],
          ['new', 'order_paid', cursors[1]],
        ]);
      });
    });
  });

  it('follows 32 feeds, and counts the events of the others', () => {
    const rooms = feeds(Orders);
    return listen(inspected(rooms), (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        for (let n = 0; n < 40; n++) void rooms.get(`room ${n}`).publish(paid(`A-${n}`));
        const lane = await until((seen) => {
          const found = laneOf(seen, 'feed:rooms');
          return found.count >= 40 ? found : undefined;
        });
        expect(lane).to.include({ count: 40, isSampled: true });
        const status = await until((seen) => lastStatus(seen)?.feeds.find(({ feeds: count }) => count === 40));
        expect(status).to.include({ followed: 32, readers: 0 });
        rooms.close();
        await until((seen) => lastStatus(seen)?.feeds.find(({ followed }) => followed === 0));
      }),
    );
  });

  it('follows a feed that is published to instead of one that is not', () => {
    const rooms = feeds(Orders);
    for (let n = 0; n < 40; n++) rooms.get(`room ${n}`);
    return listen(inspected(rooms), (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        await rooms.get('room 39').publish(paid('A-17'));
        const { marks, isSampled } = await until((seen) => {
          const found = laneOf(seen, 'feed:rooms');
          return found.marks.length > 0 ? found : undefined;
        });
        expect([marks.map(({ key }) => key), isSampled]).to.deep.equal([['room 39'], false]);
      }),
    );
  });

  it('retains no feed: one that is idle is removed as without an inspector', () => {
    const rooms = feeds(Orders, { idleTimeout: 300 });
    return listen(inspected(rooms), (url) =>
      withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        await rooms.get('a').publish(paid('A-17'));
        const { at } = await until((seen) => laneOf(seen, 'feed:rooms').marks[0]);
        const isEmpty = (status: ReturnType<typeof lastStatus>): boolean =>
          status !== undefined && status.at > at && status.feeds[0]?.feeds === 0 && status.feeds[0].followed === 0;
        await until((seen) => (isEmpty(lastStatus(seen)) ? true : undefined));
      }),
    );
  });

  it('marks an error with the key of its feed, and not on the lane of another feed of the same events', () => {
    const failing = new Subject<never>();
    const rooms = feeds(Orders, { feed: () => ({ source: failing, start: 'now', onError: () => {} }) });
    const app = express().use('/inspect', inspector({ feeds: { rooms, orders: feed(Orders) } }));
    return listen(app, (url) =>
      withStream(url, async ({ until, events: all }) => {
        await until((seen) => lastStatus(seen.slice(3)));
        rooms.get('a');
        failing.error(new RangeError('SECRET'));
        const found = await until((seen) => laneOf(seen, 'feed:rooms').marks.find(({ name }) => name === 'RangeError'));
        expect(found).to.include({ kind: 'error', key: 'a' });
        expect(laneOf(all, 'feed:orders').marks).to.deep.equal([]);
      }),
    );
  });

  it('is published to by a key, and restarts no feed that there is not', () => {
    const rooms = feeds(Orders);
    return listen(inspected(rooms, { actions: true }), async (url) => {
      const event = { type: 'order_sent', data: { order: 'A-17' } };
      expect((await act(url, { action: 'publish', feed: 'rooms', event })).status).to.equal(404);
      expect((await act(url, { action: 'restart', feed: 'rooms', key: 'a' })).status).to.equal(404);
      expect(rooms.size).to.equal(0);
      expect((await act(url, { action: 'publish', feed: 'rooms', key: 'a', event })).status).to.equal(202);
      expect(rooms.keys()).to.deep.equal(['a']);
    });
  });
});

describe('an inspector of a log that several processes share', () => {
  it('has what another process has stored', async () => {
    const path = mkdtempSync(join(tmpdir(), 'rxsse-inspector-'));
    const [here, there] = [0, 1].map(() => feed(Orders, { log: lmdbLog({ path, name: 'orders' }) }));
    if (here === undefined || there === undefined) throw new Error('two feeds were made');
    const app = express().use('/inspect', inspector({ feeds: { orders: here } }));
    try {
      await there.publish(paid('before'));
      await listen(app, (url) =>
        withStream(url, async ({ until }) => {
          await until((seen) => lastStatus(seen)?.feeds.find(({ tail }) => tail === 1));
          const cursor = await there.publish(paid('A-17'));
          expect((await until((seen) => laneOf(seen, 'feed:orders').marks[0])).cursor).to.equal(cursor);
        }),
      );
    } finally {
      here.close();
      there.close();
      rmSync(path, { recursive: true, force: true });
    }
  });
});

describe('the handler of an inspector', () => {
  it('is disconnected by shutdown', () => {
    const inspect = inspector();
    return listen(express().use('/inspect', inspect), async (url) => {
      const stream = await openStream(`${url}/inspect/events`);
      await stream.until(/event: lanes/);
      await shutdown(inspect, { duration: 0 });
      await stream.ended();
    });
  });

  const apps = { 'Express 5': express(), 'Express 4': express4() as unknown as ReturnType<typeof express> };
  for (const [name, app] of Object.entries(apps)) {
    it(`serves its stream below the path that ${name} mounts it at, and passes other paths on`, () => {
      app.use('/inspect', inspector());
      return listen(app, async (url) => {
        const stream = await openStream(`${url}/inspect/events`);
        expect(stream.headers['content-type']).to.contain('text/event-stream');
        await stream.until(/event: lanes/);
        stream.close();
        expect((await fetch(`${url}/inspect/other`)).status).to.equal(404);
        expect((await fetch(`${url}/inspect`, { method: 'DELETE' })).status).to.equal(405);
      });
    });
  }

  it('calls authorize for each request, also for the stream', () => {
    const authorize = async ({ headers }: { readonly headers: object }) => 'x-staff' in headers;
    const { app } = inspectedApp({ authorize });
    return listen(app, async (url) => {
      for (const path of ['', '/events', '/actions'])
        expect((await fetch(`${url}/inspect${path}`)).status).to.equal(403);
      const stream = await openStream(`${url}/inspect/events`, { headers: { 'x-staff': '1' } });
      expect(stream.status).to.equal(200);
      stream.close();
    });
  });

  it('passes an error of authorize on', () => {
    const { app } = inspectedApp({ authorize: () => Promise.reject(new Error('no')) });
    const onError: ErrorRequestHandler = (_error, _request, response, _next) => {
      response.sendStatus(418);
    };
    app.use(onError);
    return listen(app, async (url) => expect((await fetch(`${url}/inspect/events`)).status).to.equal(418));
  });

  it('is refused in production without authorize', () => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      expect(() => inspector())
        .to.throw(TypeError)
        .with.property('message')
        .match(/^inspector: without authorize/);
      inspector({ authorize: () => true });
    } finally {
      if (before === undefined) delete process.env.NODE_ENV;
      else process.env.NODE_ENV = before;
    }
  });

  const mistakes: readonly (readonly [title: string, make: () => unknown, message: string])[] = [
    [
      'a feed that is none',
      () => inspector({ feeds: { orders: {} as never } }),
      'inspector: feeds.orders must be what feed() or feeds() returned, got object',
    ],
    [
      'a route that is no handler',
      () => inspector({ routes: { '/x': (() => {}) as never } }),
      'inspector: routes: /x must be a handler that sse returned, got function',
    ],
    [
      'watches that are no array',
      () => inspector({ watches: 'prices' as never }),
      'inspector: watches must be an array of the names that watch has got, such as ["prices"]',
    ],
    [
      'a misspelt option',
      () => inspector({ payload: true } as never),
      'inspector: unknown option payload; did you mean payloads?',
    ],
  ];
  for (const [title, make, message] of mistakes) {
    it(`refuses ${title}`, () => {
      expect(make).to.throw(TypeError).with.property('message', message);
    });
  }
});

describe('the actions of an inspector', () => {
  it('are refused without the option, from another origin, and of another form', async () => {
    const { app } = inspectedApp();
    await listen(app, async (url) => expect((await act(url, { action: 'cut', reader: 1 })).status).to.equal(404));
    await listen(inspectedApp({ actions: true }).app, async (url) => {
      const foreign = { Origin: 'https://elsewhere.example' };
      expect((await act(url, { action: 'cut', reader: 1 }, foreign)).status).to.equal(403);
      expect((await act(url, { action: 'cut', reader: 1 }, { 'Content-Type': 'text/plain' })).status).to.equal(403);
      expect((await act(url, { action: 'explode' })).status).to.equal(422);
      expect((await act(url, { action: 'cut', reader: 0 })).status).to.equal(404);
      expect((await act(url, { action: 'restart', feed: 'toString' })).status).to.equal(404);
      expect((await fetch(`${url}/inspect/actions`)).status).to.equal(405);
    });
  });

  it('publish an event that its codec has checked, and describe its form', () => {
    const { app } = inspectedApp({ actions: true });
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        const lanes = await until(([first]) => (first?.type === 'lanes' ? first.data.lanes : undefined));
        expect(lanes[0]?.events[1]).to.deep.include({ name: 'order_sent', example: { order: 'order' } });
        await until((seen) => lastStatus(seen.slice(3)));
        const bad = await act(url, { action: 'publish', feed: 'orders', event: { type: 'order_sent', data: {} } });
        expect([bad.status, await bad.text()]).to.deep.equal([
          422,
          'body.data.order: expected string, got undefined\n',
        ]);
        const event = { type: 'order_sent', data: { order: 'A-17' } };
        expect((await act(url, { action: 'publish', feed: 'orders', event })).status).to.equal(202);
        expect(await until((seen) => laneOf(seen, 'feed:orders').marks[0])).to.include({ name: 'order_sent' });
      }),
    );
  });

  it('cut a reader', () => {
    const { app } = inspectedApp({ actions: true });
    return listen(app, async (url) => {
      const reader = await openStream(`${url}/orders`);
      await withStream(url, async ({ until }) => {
        const id = await until((seen) => lastStatus(seen)?.readers[0]?.id);
        expect((await act(url, { action: 'cut', reader: id })).status).to.equal(200);
        await reader.over();
        await until((seen) => laneOf(seen, 'route:/orders').marks.find(({ name }) => name === 'disconnected'));
      });
    });
  });

  it('make a reader slow, which falls behind and gets everything in the end', () => {
    const { app, orders } = inspectedApp({ actions: true });
    return listen(app, async (url) => {
      const reader = await openStream(`${url}/orders`);
      await withStream(url, async ({ until }) => {
        const id = await until((seen) => lastStatus(seen)?.readers[0]?.id);
        expect((await act(url, { action: 'slow', reader: id })).status).to.equal(200);
        await orders.publish(paid('A-17'));
        expect(reader.text()).to.not.contain('A-17');
        await reader.until(/A-17/);
      });
      reader.close();
    });
  });

  it('restart the source of a feed', () => {
    let subscriptions = 0;
    const source = new Observable<never>((subscriber) => {
      subscriptions++;
      subscriber.add(NEVER.subscribe(subscriber));
    });
    const { app } = inspectedApp();
    const orders = feed(Orders, { source, start: 'now' });
    app.use('/inspect2', inspector({ feeds: { orders, plain: feed(Orders) }, actions: true }));
    return listen(app, async (url) => {
      const restart = async (name: string) =>
        (
          await fetch(`${url}/inspect2/actions`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ action: 'restart', feed: name }),
          })
        ).status;
      expect([await restart('orders'), subscriptions]).to.deep.equal([200, 2]);
      expect(await restart('plain')).to.equal(409);
    });
  });
});
