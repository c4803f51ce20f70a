import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom, ignoreElements, NEVER, of, Subject, throwError, timer } from 'rxjs';
import { ClosedError, type EventLog, type FeedOptions, type Feeds, feeds, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { withOverrides } from '../log/broken.ts';
import { sizesAt, Tick, Ticks } from './family.ts';
import { received } from './received.ts';

/** A store of logs by key, in which each stays although it is closed, as on a disk, and the keys that were opened and closed. */
function store() {
  const logs = new Map<string, EventLog>();
  const calls: string[] = [];
  const open = (key: string): EventLog => {
    calls.push(`open ${key}`);
    const log = logs.get(key) ?? memoryLog({ maxAge: 1000 });
    logs.set(key, log);
    return {
      inMemory: true,
      append: (...args) => log.append(...args),
      read: (...args) => log.read(...args),
      readNow: (after, maxBytes) => log.readNow?.(after, maxBytes) as never,
      wakes: log.wakes,
      end: (...args) => log.end(...args),
      close: () => calls.push(`close ${key}`),
    };
  };
  const family = (options: FeedOptions<typeof Ticks> = {}, bounds = {}) =>
    feeds(Ticks, { feed: (key) => ({ log: open(key), ...options }), ...bounds });
  return { calls, family };
}

const tagOf = (error: unknown) => (error as { readonly _tag?: string })._tag;

describe('find() of a family', () => {
  it('emits the feed that the process retains, and creates none', async () => {
    const { calls, family } = store();
    const rooms = family();
    const lobby = rooms.get('lobby');
    expect(await rooms.find('lobby')).to.equal(lobby);
    expect(calls).to.deep.equal(['open lobby']);
  });

  it('emits the feed of a key whose log has an entry, once for two calls', async () => {
    const { family } = store();
    await family().get('lobby').publish(Tick(1));
    const rooms = family();
    expect(rooms.has('lobby')).to.equal(false);
    const [one, two] = await Promise.all([rooms.find('lobby'), rooms.find('lobby')]);
    expect(one).to.equal(two).and.to.equal(rooms.get('lobby'));
    expect(await firstValueFrom(rooms.get('lobby').events({ from: 'oldest' }))).to.deep.equal(Tick(1));
  });

  it('emits undefined for any other key, of which it creates nothing, and closes its log', async () => {
    const { calls, family } = store();
    const rooms = family();
    expect(await rooms.find('attic')).to.equal(undefined);
    expect([rooms.size, rooms.keys(), calls]).to.deep.equal([0, [], ['open attic', 'close attic']]);
    expect(await feeds(Ticks).find('attic')).to.equal(undefined);
  });

  it(
    'emits undefined for a key whose entries were all removed',
    marbles(({ flush }) => {
      const { family } = store();
      const old = family({}, { idleTimeout: Infinity });
      old.get('lobby').publish(Tick(1));
      const found: boolean[] = [];
      for (const ms of [500, 2000]) {
        timer(ms).subscribe(() =>
          family({}, { idleTimeout: Infinity })
            .find('lobby')
            .subscribe((room) => found.push(room !== undefined)),
        );
      }
      flush();
      expect(found).to.deep.equal([true, false]);
    }),
  );

  it('errors where the options of the key throw, the log cannot be read, or the family is full', async () => {
    const failed = new Error('no disk');
    const failing = feeds(Ticks, {
      feed: (key) => {
        if (key === 'bad') throw failed;
        return {};
      },
    });
    expect(await failing.find('bad').then(undefined, (error) => error)).to.equal(failed);

    const broken = {
      ...memoryLog(),
      wakes: NEVER,
      read: () => throwError(() => new ClosedError('the log', 'closed')),
      close: () => {},
    };
    expect(
      await feeds(Ticks, { feed: () => ({ log: broken as never }) })
        .find('a')
        .then(undefined, tagOf),
    ).to.equal('ClosedError');

    const { calls, family } = store();
    await family().get('attic').publish(Tick(1));
    const full = family({}, { maxFeeds: 1 });
    full.get('lobby');
    expect(await full.find('attic').then(undefined, tagOf)).to.equal('UnavailableError');
    expect(calls.slice(-2)).to.deep.equal(['open attic', 'close attic']);
  });

  it('does not close the log of a feed that was created meanwhile, where the family has one log object for its key', async () => {
    const log = withLatency(memoryLog(), 1);
    const rooms = feeds(Ticks, { feed: () => ({ log }) });
    const finding = rooms.find('lobby');
    const published = rooms.get('lobby').publish(Tick(1));
    expect(await finding).to.equal(rooms.get('lobby'));
    await published;
    await rooms.get('lobby').publish(Tick(2));
  });

  it('does not start the source of a feed that it does not find', async () => {
    const { family } = store();
    let starts = 0;
    const jobs = family({ source: () => of(Tick(++starts)), start: 'now' });
    await jobs.find('job');
    expect(starts).to.equal(0);
  });

  it(
    'lets a route answer an unknown key with a 404',
    marbles(({ reader, flush }) => {
      const { family } = store();
      const rooms = family({}, { idleTimeout: Infinity });
      rooms.get('lobby').publish(Tick(1));
      const route = sse({ params: { room: t.string }, resume: { from: 'oldest' } }, ({ params }) => {
        let found: ReturnType<typeof rooms.get> | undefined;
        rooms.find(params.room).subscribe((room) => {
          found = room;
        });
        if (found === undefined) throw Object.assign(new Error('no such room'), { status: 404 });
        return found;
      });
      const [lobby, attic] = ['lobby', 'attic'].map((room) => reader(route, { params: { room }, socket: '20ms X' }));
      flush();
      expect([lobby && received(lobby), (attic?.error as { status?: number })?.status]).to.deep.equal([
        ['position', '1'],
        404,
      ]);
    }),
  );
});

describe('a feed of a family whose source needs no reader', () => {
  it(
    'is retained until its source has ended, and for idleTimeout after that',
    marbles(({ flush }) => {
      const rooms = feeds(Ticks, {
        idleTimeout: 50,
        feed: () => ({ source: () => NEVER, start: 'now' }),
      });
      rooms.get('lobby');
      const sizes = sizesAt(rooms, [60, 1000]);
      timer(1001).subscribe(() => rooms.close());
      flush();
      expect(sizes).to.deep.equal({ 60: 1, 1000: 1 });
    }),
  );

  for (const [how, end] of Object.entries({
    completes: (source: Subject<never>) => source.complete(),
    fails: (source: Subject<never>) => source.error(new Error('failed')),
  })) {
    it(
      `is removed idleTimeout after its source ${how}`,
      marbles(({ flush }) => {
        const source = new Subject<never>();
        const rooms = feeds(Ticks, {
          idleTimeout: 50,
          feed: () => ({ source: () => source, start: 'now', onError: () => {} }),
        });
        rooms.get('lobby');
        timer(200).subscribe(() => end(source));
        const sizes = sizesAt(rooms, [199, 249, 251]);
        flush();
        expect(sizes).to.deep.equal({ 199: 1, 249: 1, 251: 0 });
      }),
    );
  }

  it(
    'is removed idleTimeout after another process has ended its log, whose source waited here for the claim',
    marbles(({ flush }) => {
      const storage = memoryLog();
      const source = new Subject<never>();
      const [, waiting] = [0, 1].map(() => {
        const log = withLatency(withOverrides(storage, { close: () => {} }), 1);
        const rooms = feeds(Ticks, {
          idleTimeout: 50,
          feed: () => ({ log, source: () => source, start: 'now', claim: { lease: 90 } }),
        });
        rooms.get('lobby');
        return rooms;
      });
      timer(500).subscribe(() => source.complete());
      const sizes = sizesAt(waiting as Feeds<typeof Ticks>, [499, 1000]);
      flush();
      expect(sizes).to.deep.equal({ 499: 1, 1000: 0 });
    }),
  );

  it('gives its own feed to a source that is called at once', () => {
    let calls = 0;
    const rooms: Feeds<typeof Ticks> = feeds(Ticks, {
      feed: (key) => ({
        start: 'now',
        // A second call would request the feed without end.
        source: () => (++calls === 1 ? rooms.get(key).events().pipe(ignoreElements()) : NEVER),
      }),
    });
    const lobby = rooms.get('lobby');
    expect([calls, lobby.readers]).to.deep.equal([1, 1]);
    expect(rooms.get('lobby')).to.equal(lobby);
    rooms.close();
  });

  it('does not make room for another one, unless it ends at once', () => {
    const rooms = feeds(Ticks, {
      idleTimeout: Infinity,
      maxFeeds: 1,
      feed: (key) => ({ source: () => (key === 'lobby' ? NEVER : of(Tick(1))), start: 'now' }),
    });
    rooms.get('lobby');
    expect(() => rooms.get('attic')).to.throw('feeds: all 1 are in use');
    rooms.remove('lobby');
    rooms.get('attic');
    rooms.get('cellar');
    expect(rooms.keys()).to.deep.equal(['cellar']);
  });

  it(
    'is removed after idleTimeout where its source starts with its first reader',
    marbles(({ flush }) => {
      const rooms = feeds(Ticks, { idleTimeout: 50, feed: () => ({ source: () => NEVER }) });
      rooms.get('lobby').events().subscribe().unsubscribe();
      const sizes = sizesAt(rooms, [49, 51]);
      flush();
      expect(sizes).to.deep.equal({ 49: 1, 51: 0 });
    }),
  );
});
