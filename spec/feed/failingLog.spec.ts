import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER, Observable, Subject, throwError, timer } from 'rxjs';
import { type EventLog, events, feed, memoryLog, sse } from '../../lib/index.ts';
import { lmdbLog, StorageError } from '../../lib/log/lmdb/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
const full = new Error('the disk is full');

/** Returns a log that is not in memory, whose reads fail where the function returns true. */
function failing(fails: (read: number, after: number, maxBytes: number) => boolean, overrides: Partial<EventLog> = {}) {
  const memory = memoryLog();
  let reads = 0;
  const log: EventLog = {
    append: (drafts, options) => memory.append(drafts, options),
    read: (after, maxBytes) =>
      fails(++reads, after, maxBytes) ? throwError(() => full) : memory.read(after, maxBytes),
    wakes: memory.wakes,
    end: (how) => memory.end(how),
    close: () => memory.close(),
    ...overrides,
  };
  return { log, memory };
}

/** Returns a feed over the log, and the messages that its `onError` receives. */
function reporting(log: EventLog) {
  const errors: string[] = [];
  return { shared: feed(Ticks, { log, onError: (error) => errors.push((error as Error).message) }), errors };
}

const oldest = { resume: { from: 'oldest' } } as const;

describe('a feed over a log whose reads fail', () => {
  for (const failed of [1, 2, 3, 4]) {
    it(
      `loses no entry when read ${failed} fails once`,
      marbles(({ reader, flush }) => {
        const { log } = failing((read) => read === failed);
        const { shared, errors } = reporting(log);
        shared.publish(Tick(1));
        const first = reader(sse(oldest, shared), { socket: '900ms X' });
        const second = reader(sse(oldest, shared), { at: '500ms', socket: '900ms X' });
        timer(600).subscribe(() => shared.publish(Tick(2)));
        flush();
        for (const each of [first, second]) expect(received(each)).to.deep.equal(['position', '1', '2']);
        expect(errors).to.deep.equal(['the disk is full']);
      }),
    );
  }

  for (const hanging of [1, 2, 3, 4]) {
    it(
      `loses no entry when read ${hanging} is never answered, and reports it after 30 s`,
      marbles(
        ({ reader, flush }) => {
          let reads = 0;
          const { log, memory } = failing(() => false, {
            read: (after, maxBytes) => (++reads === hanging ? NEVER : memory.read(after, maxBytes)),
          });
          const { shared, errors } = reporting(log);
          shared.publish(Tick(1));
          const first = reader(sse(oldest, shared), { socket: '40s X' });
          const second = reader(sse(oldest, shared), { at: '500ms', socket: '40s X' });
          timer(600).subscribe(() => shared.publish(Tick(2)));
          flush();
          for (const each of [first, second]) expect(received(each)).to.deep.equal(['position', '1', '2']);
          expect(errors).to.have.length(1);
          expect(errors[0]).to.match(/^could not read the log: it did not answer within 30000 ms/);
        },
        { until: '60s' },
      ),
    );
  }

  it(
    'loses no entry when the read after a wake-up fails for a second, and reports each attempt',
    marbles(({ reader, flush }) => {
      let isFull = false;
      const { log } = failing(() => isFull);
      const { shared, errors } = reporting(log);
      const r = reader(sse(shared), { socket: '9s X' });
      timer(10).subscribe(() => {
        isFull = true;
        shared.publish(Tick(1));
      });
      timer(200).subscribe(() => shared.publish(Tick(2)));
      timer(300).subscribe(() => {
        isFull = false;
      });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2']);
      expect(errors.length).to.be.within(1, 5);
      expect(new Set(errors)).to.deep.equal(new Set(['the disk is full']));
    }),
  );

  it(
    'disconnects its readers when reads fail for longer, and serves them when they reconnect',
    marbles(({ reader, flush, reportedErrors }) => {
      const reports = reportedErrors();
      let isFull = false;
      const { log } = failing(() => isFull);
      const { shared, errors } = reporting(log);
      const route = sse(shared);
      const readers = [reader(route), reader(route)];
      timer(10).subscribe(() => {
        isFull = true;
        shared.publish(Tick(1));
      });
      timer(8000).subscribe(() => {
        isFull = false;
      });
      flush();
      const [first] = readers;
      for (const { cutAt: cut, listeners } of readers) {
        expect(cut).to.be.within(10, 3200);
        expect(listeners).to.equal(0);
      }
      const back = reader(route, { lastEventId: first?.lastEventId ?? '', socket: '9s X' });
      flush();
      expect(received(back)).to.deep.equal(['position', '1']);
      expect(errors.length).to.equal(6);
      // The routes have no onError, so each disconnection is reported as well.
      expect(reports.map(({ error }) => error instanceof StorageError)).to.deep.equal([true, true]);
    }),
  );

  it(
    'answers with a retry or 503 when no read succeeds before the first byte',
    marbles(({ reader, flush, reportedErrors }) => {
      const reports = reportedErrors();
      const { log } = failing(() => true);
      const { shared, errors } = reporting(log);
      const route = sse(shared);
      const browser = reader(route);
      const client = reader(route, { headers: { 'rxsse-client': '1' } });
      flush();
      expect([browser.status, browser.headers['rxsse-resume'], client.status]).to.deep.equal([200, 'refused', 503]);
      expect(browser.text).to.match(/^retry: \d{4,5}\n\n$/);
      expect(Number(client.headers['retry-after'])).to.be.within(5, 10);
      expect(errors).to.have.length(6);
      expect(reports.map(({ where }) => where)).to.deep.equal(['sse GET /', 'sse GET /']);
      for (const each of [browser, client]) expect(each.listeners).to.equal(0);
    }),
  );

  it(
    'answers a route with a pipeline with a retry as well',
    marbles(({ reader, flush, reportedErrors }) => {
      reportedErrors();
      const { shared } = reporting(failing(() => true).log);
      const browser = reader(sse((context) => shared.read(context)));
      flush();
      expect([browser.status, browser.headers['rxsse-resume']]).to.deep.equal([200, 'refused']);
    }),
  );

  it(
    'repeats a failed read of a page for a reader that is behind',
    marbles(({ reader, flush }) => {
      let failures = 0;
      const { log, memory } = failing((_read, _after, maxBytes) => maxBytes === 64 * 1024 && failures++ === 0);
      feed(Ticks, { log: memory }).publish([Tick(1), Tick(2)]);
      const { shared, errors } = reporting(log);
      const r = reader(sse(oldest, shared), { socket: '900ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2']);
      expect(errors).to.deep.equal(['the disk is full']);
    }),
  );

  it(
    'does not repeat a read when the log is closed',
    marbles(({ reader, flush, reportedErrors }) => {
      reportedErrors();
      const { log } = failing(() => false);
      const { shared, errors } = reporting(log);
      const r = reader(sse(shared));
      timer(5).subscribe(() => shared.close());
      flush();
      expect([r.cutAt, errors]).to.deep.equal([5, []]);
    }),
  );
});

describe('a feed over a log whose wake-ups fail', () => {
  for (const inMemory of [true, false]) {
    it(
      `delivers each entry once over a reconnect, and throws no exception, ${inMemory ? 'in memory' : 'not in memory'}`,
      marbles(({ reader, flush, reportedErrors }) => {
        reportedErrors();
        const memory = memoryLog();
        let subscriptions = 0;
        const broken = new Subject<void>();
        const wakes = new Observable<void>((subscriber) => {
          const source = subscriptions++ === 0 ? broken : memory.wakes;
          return source.subscribe(subscriber);
        });
        const { shared } = reporting(failing(() => false, { ...memory, ...bound(memory), wakes, inMemory }).log);
        const route = sse(shared);
        const r = reader(route, { socket: '900ms X' });
        timer(10).subscribe(() => broken.error(full));
        timer(20).subscribe(() => shared.publish(Tick(1)));
        flush();
        const back = reader(route, { lastEventId: r.lastEventId, socket: '1s X' });
        flush();
        const all = [...received(r), ...received(back)];
        expect(all.filter((data) => data === '1')).to.deep.equal(['1']);
      }),
    );
  }

  const bound = (log: EventLog): Partial<EventLog> => ({
    append: (drafts, options) => log.append(drafts, options),
    read: (after, maxBytes) => log.read(after, maxBytes),
    end: (how) => log.end(how),
    close: () => log.close(),
  });
});

describe('a feed over a log whose end fails', () => {
  it(
    'repeats the write of the end, so that its readers receive it',
    marbles(({ cold, reader, flush }) => {
      let ends = 0;
      const { log, memory } = failing(() => false);
      const errors: string[] = [];
      const shared = feed(Ticks, {
        source: cold('-a-|', { a: Tick(1) }),
        log: { ...log, end: (how) => (ends++ < 3 ? throwError(() => full) : memory.end(how)) },
        onError: (error) => errors.push((error as Error).message),
      });
      const r = reader(sse(shared));
      flush();
      expect(received(r)).to.deep.equal(['position', '1', 'end']);
      expect(errors).to.deep.equal(Array(3).fill('the disk is full'));
    }),
  );

  it('passes what append throws to the caller of publish', async () => {
    const { shared } = reporting(
      failing(() => false, {
        append: () => {
          throw full;
        },
      }).log,
    );
    const failure = await shared.publish(Tick(1)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.equal(full);
  });
});

describe('a route whose handler cannot open its storage', () => {
  it(
    'reports the error and answers with a retry',
    marbles(({ reader, flush, reportedErrors }) => {
      const reports = reportedErrors();
      const route = sse(() => feed(Ticks, { log: lmdbLog({ path: '/dev/null/nowhere' }) }));
      const browser = reader(route);
      flush();
      expect([browser.status, browser.headers['rxsse-resume']]).to.deep.equal([200, 'refused']);
      expect(reports.map(({ error }) => error instanceof StorageError)).to.deep.equal([true]);
    }),
  );
});
