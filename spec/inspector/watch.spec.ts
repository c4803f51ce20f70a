import { expect } from 'chai';
import express from 'express';
import * as t from 'io-ts';
import { concat, of, Subject, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { conflateBy, events, feed, filterEvents, sse } from 'rxsse';
import { inspector, watch } from 'rxsse/inspector';
import { watchPoints } from '../../lib/inspector/watch.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { laneOf, lastStatus, withStream } from './watchStream.ts';

const scheduler = () =>
  new TestScheduler((actual, expected) => {
    expect(actual).to.deep.equal(expected);
  });

describe('watch', () => {
  it('passes values, the end and an error on, and unsubscribes with its subscriber', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const values = cold('  --a-b--|');
      expectObservable(values.pipe(watch('a'))).toBe('--a-b--|');
      expectSubscriptions(values.subscriptions).toBe('^------!');
      const failing = cold(' --a-#');
      expectObservable(failing.pipe(watch('a'))).toBe('--a-#');
      const left = cold('    --a-b--|');
      expectObservable(left.pipe(watch('a')), '---!').toBe('--a');
      expectSubscriptions(left.subscriptions).toBe('^--!');
    });
  });

  it('refuses a name that is not a text', () => {
    expect(() => watch('')).to.throw(TypeError, 'watch: expected the name of a lane, got an empty text');
    expect(() => watch(1 as never)).to.throw(TypeError, 'watch: expected the name of a lane, got number');
  });

  it('forgets an idle name for a new one beyond 64, and passes everything on without a lane where none is idle', () => {
    const open = Array.from({ length: 80 }, (_, n) => new Subject<number>().pipe(watch(`busy ${n}`)).subscribe());
    const seen: number[] = [];
    of(1, 2)
      .pipe(watch('one too many'))
      .subscribe((value) => seen.push(value));
    expect(watchPoints()).to.have.length(64);
    expect(seen).to.deep.equal([1, 2]);
    for (const subscription of open) subscription.unsubscribe();
    watch('first after');
    expect(watchPoints().map(({ name }) => name)).to.include('first after');
  });

  it('gives each point a lane with what passes it, in the order of the program, for a page that is open', () => {
    const prices = new Subject<{ symbol: string; price: number }>();
    const shown = prices.pipe(
      watch('prices in'),
      conflateBy(({ symbol }) => symbol, { interval: 10 }),
      watch('prices out'),
    );
    const app = express().use('/inspect', inspector({ payloads: true }));
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        const subscription = shown.subscribe();
        const lanes = await until((seen) =>
          seen
            .flatMap((event) =>
              event.type === 'lanes' && event.data.lanes.some(({ name }) => name === 'prices out')
                ? [event.data.lanes]
                : [],
            )
            .at(-1),
        );
        const names = lanes.map(({ name }) => name);
        expect(names.indexOf('prices in')).to.be.below(names.indexOf('prices out'));
        await until((seen) => lastStatus(seen)?.watches.find(({ subscriptions }) => subscriptions === 1));
        prices.next({ symbol: 'A', price: 1 });
        const mark = await until((seen) => laneOf(seen, 'watch:prices in').marks[0]);
        expect(mark).to.include({ kind: 'event', name: 'object', data: '{"symbol":"A","price":1}' });
        prices.complete();
        await until((seen) => laneOf(seen, 'watch:prices out').marks.find(({ kind }) => kind === 'end'));
        subscription.unsubscribe();
      }),
    );
  });

  it('has a lane in those inspectors of the process that name it, and in those that name none', () => {
    const [mine, other] = ['of my app', 'of another app'].map((name) => {
      const values = new Subject<number>();
      values.pipe(watch(name)).subscribe();
      return values;
    });
    const app = express();
    app.use('/inspect', inspector({ watches: ['of my app'], payloads: true }));
    return listen(app, (url) =>
      withStream(url, async ({ until, events: all }) => {
        const { watches } = await until((seen) => lastStatus(seen.slice(3)));
        expect(watches.map(({ lane }) => lane)).to.deep.equal(['watch:of my app']);
        other?.next(1);
        mine?.next(2);
        await until((seen) => laneOf(seen, 'watch:of my app').marks[0]);
        expect(JSON.stringify(all)).to.not.contain('of another app');
      }),
    );
  });

  it('shows values of all kinds, and an error', () => {
    const values = new Subject<unknown>();
    const app = express().use('/inspect', inspector({ payloads: true }));
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        const watched = concat(
          values,
          throwError(() => new Error('no')),
        ).pipe(watch('kinds'));
        watched.subscribe({ error: () => {} });
        await until((seen) => lastStatus(seen)?.watches.find(({ lane }) => lane === 'watch:kinds'));
        const circular: { self?: unknown } = {};
        circular.self = circular;
        for (const value of [1, 'a', null, undefined, [1], { type: 'order_paid', data: 5 }, circular])
          values.next(value);
        values.complete();
        await until((seen) => laneOf(seen, 'watch:kinds').marks.find(({ kind }) => kind === 'error'));
        const { marks } = await until((seen) => laneOf(seen, 'watch:kinds'));
        expect(marks.map(({ name, data }) => [name, data])).to.deep.equal([
          ['number', '1'],
          ['string', '"a"'],
          ['null', 'null'],
          ['undefined', 'null'],
          ['array', '[1]'],
          ['order_paid', '5'],
          ['object', 'null'],
          ['error', undefined],
        ]);
      }),
    );
  });

  it('shows a value that it cannot read without its data, and a gap without a reason as a gap', () => {
    const values = new Subject<unknown>();
    const app = express().use('/inspect', inspector({ payloads: true }));
    return listen(app, (url) =>
      withStream(url, async ({ until }) => {
        const passed: unknown[] = [];
        values.pipe(watch('unreadable')).subscribe((value) => passed.push(value));
        await until((seen) => lastStatus(seen)?.watches.find(({ lane }) => lane === 'watch:unreadable'));
        const failing = (key: string, others = {}) =>
          Object.defineProperty({ ...others }, key, {
            enumerable: true,
            get: () => {
              throw new Error('from a getter');
            },
          });
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        const sent = [
          { type: 'rxsse.gap' },
          { type: 'rxsse.gap', data: null },
          { type: 'rxsse.gap', data: { reason: 5 } },
          failing('data', { type: 'rxsse.gap' }),
          failing('type'),
          failing('data', { type: 'order_paid' }),
          proxy,
        ];
        for (const value of sent) values.next(value);
        values.complete();
        await until((seen) => laneOf(seen, 'watch:unreadable').marks.find(({ kind }) => kind === 'end'));
        const { marks, count } = await until((seen) => laneOf(seen, 'watch:unreadable'));
        const shown = (wanted: string) =>
          marks.flatMap(({ kind, name, data }) => (kind === wanted ? [[name, data]] : []));
        expect(shown('gap')).to.deep.equal(Array.from({ length: 3 }, () => ['gap', undefined]));
        expect(shown('event')).to.deep.equal(Array.from({ length: 4 }, () => ['object', 'null']));
        expect(count).to.equal(4);
        expect(passed).to.have.length(sent.length);
      }),
    );
  });

  it('shows the events inside the entries of a feed, with their cursors, and preserves positions', () => {
    const Orders = events({ OrderPaid: { user: t.string } });
    const orders = feed(Orders);
    const mine = sse({ events: Orders }, (context) =>
      orders.read(context).pipe(
        filterEvents(({ data }) => data.user === 'ada'),
        watch('mine'),
      ),
    );
    const app = express();
    app.get('/mine', mine).use('/inspect', inspector({ routes: { '/mine': mine } }));
    return listen(app, async (url) => {
      const reader = await openStream(`${url}/mine`);
      await withStream(url, async ({ until }) => {
        await until((seen) => lastStatus(seen)?.watches.find(({ lane }) => lane === 'watch:mine'));
        await orders.publish(Orders.OrderPaid({ user: 'bob' }));
        const cursor = await orders.publish(Orders.OrderPaid({ user: 'ada' }));
        await reader.until(new RegExp(`id: ${cursor}`));
        const { marks } = await until((seen) => {
          const lane = laneOf(seen, 'watch:mine');
          return lane.marks.length > 0 ? lane : undefined;
        });
        expect(marks.map((mark) => [mark.name, mark.cursor])).to.deep.equal([['order_paid', cursor]]);
        await until((seen) => lastStatus(seen)?.readers.find((one) => one.cursor === cursor));
      });
      reader.close();
    });
  });
});
