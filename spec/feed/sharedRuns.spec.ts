import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, NEVER, of, throwError, timer } from 'rxjs';
import { events, FencedError, memoryLog, type SseContext, type SseRequest, shutdown, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';
import { SharedStorage, StorageProcess, twoProcesses } from './sharedStorage.ts';

const Words = events({ Word: t.string });
const byUser = ({ request }: SseContext<{ request: SseRequest }>): unknown => request.headers['x-user'];
const refusing = (): never => {
  throw new Error('no');
};
const as = (user: string) => ({ headers: { 'x-user': user } });

describe('a stream of one request in a log that processes share', () => {
  it(
    'continues for a reader that reconnects to another process, without a second call of the route',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('10ms a 19ms b 19ms c 19ms (d|)');
      const { one, two, storage } = twoProcesses(() => words);
      const first = reader(one.route, { socket: '25ms X' });
      timer(40).subscribe(() => {
        const again = { lastEventId: first.lastEventId };
        const second = reader(two.route, { ...again, socket: '60ms X' });
        const stays = reader(one.route, again);
        timer(200).subscribe(() => {
          expect(received(second)).to.deep.equal(['position', '"b"', '"c"']);
          expect(received(stays)).to.deep.equal(['position', '"b"', '"c"', '"d"', 'end']);
          expect(second.headers).to.include({ 'rxsse-resume': 'exact' });
          const late = reader(two.route, { lastEventId: second.lastEventId });
          timer(5).subscribe(() => expect(received(late)).to.deep.equal(['position', '"d"', 'end']));
        });
      });
      flush();
      expect(received(first)).to.deep.equal(['position', '"a"']);
      expect([one.signals.length, two.signals.length]).to.deep.equal([1, 0]);
      expectSubscriptions(words.subscriptions).toBe('---^ 69ms !');
      expect([one.process.open, two.process.open, storage.stored.size]).to.deep.equal([0, 0, 1]);
      expect([one.errors, two.errors]).to.deep.equal([[], []]);
    }),
  );

  it(
    'is found by a reader that disconnected before the first event',
    marbles(({ cold, reader, flush }) => {
      const { one, two } = twoProcesses(() => cold('20ms (a|)'));
      const first = reader(one.route, { socket: '10ms X' });
      timer(12).subscribe(() => {
        const second = reader(two.route, { lastEventId: first.lastEventId });
        timer(50).subscribe(() => expect(received(second)).to.deep.equal(['position', '"a"', 'end']));
      });
      flush();
    }),
  );

  it(
    'runs to its end without a reader in its process, and is forgotten by it after the linger',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('10ms a 989ms (b|)');
      const { one } = twoProcesses(() => words, {}, { linger: 0 });
      reader(one.route, { socket: '20ms X' });
      flush();
      expectSubscriptions(words.subscriptions).toBe('---^ 999ms !');
      expect(one.process.open).to.equal(0);
      expect(one.signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
    }),
  );

  it(
    'is unsubscribed from when its reader disconnects before it got a position',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('50ms a');
      const { one, storage } = twoProcesses(() => words, { maxHeadDelay: 40 });
      reader(one.route, { socket: '20ms X' });
      expectSubscriptions(words.subscriptions).toBe('---^ 16ms !');
      flush();
      expect(one.process.open).to.equal(0);
      for (const log of storage.stored.values())
        log.read(0, 0).subscribe(({ ended }) => expect(ended).to.equal('failed'));
    }),
  );

  for (const user of ['eve', undefined]) {
    it(
      `is unknown to ${user === undefined ? 'a reader without an owner' : 'another owner'}, whose request reads nothing of it in the storage`,
      marbles(({ cold, reader, flush }) => {
        const { one, two, storage } = twoProcesses(() => cold('5ms a'), {}, { owner: byUser });
        const first = reader(one.route, { ...as('ada'), socket: '20ms X' });
        timer(30).subscribe(() => {
          const other = { lastEventId: first.lastEventId, ...(user === undefined ? {} : as(user)) };
          const stranger = reader(two.route, { ...other, socket: '70ms X' });
          const sameProcess = reader(one.route, { ...other, socket: '70ms X' });
          timer(20).subscribe(() => {
            for (const r of [stranger, sameProcess])
              expect(received(r)).to.deep.equal(['position', 'gap epoch', '"a"']);
            expect(storage.stored.size).to.equal(3);
            // It stored a run of its own, and claimed that: nothing was read before.
            expect(two.process.calls.slice(0, 3)).to.deep.equal(['append', 'read', 'read']);
          });
        });
        timer(100).subscribe(() => void shutdown([one.route, two.route], { duration: 0 }));
        flush();
      }),
    );
  }

  it(
    'is unknown where its events have other names, and where nothing of it is stored',
    marbles(({ cold, reader, flush }) => {
      const values = { a: Words.Word('a') };
      const { one, two, storage } = twoProcesses(() => cold('5ms (a|)', values), { events: Words });
      const first = reader(one.route);
      timer(20).subscribe(() => {
        const other = events({ Word: t.string, Other: t.string });
        const route = sse({ events: other, resume: { log: two.process.log, linger: 0 } }, () => of(other.Other('x')));
        const cursor = first.lastEventId.replace('~', '');
        const renamed = reader(route, { lastEventId: cursor });
        storage.stored.clear();
        const lost = reader(two.route, { lastEventId: cursor });
        timer(40).subscribe(() => {
          expect(received(renamed)).to.deep.equal(['position', 'gap epoch', '"x"', 'end']);
          expect(received(lost)).to.deep.equal(['position', 'gap epoch', '"a"', 'end']);
          expect(storage.stored.size).to.equal(2);
        });
      });
      flush();
      expect([one.process.open, two.process.open]).to.deep.equal([0, 0]);
    }),
  );

  for (const [what, resume] of [
    ['another run', { maxRuns: 1 }],
    ['another run of its owner', { owner: byUser, maxRunsPerOwner: 1 }],
  ] as const) {
    it(
      `is not removed for ${what} while it may have readers elsewhere`,
      marbles(({ reader, flush, hot }) => {
        const { one } = twoProcesses(() => hot('10ms a 89ms (b|)'), {}, resume);
        reader(one.route, { ...as('ada'), socket: '20ms X' });
        const refused = reader(one.route, { headers: { 'x-user': 'ada', 'rxsse-client': '1' }, at: '50ms' });
        const next = reader(one.route, { ...as('ada'), at: '110ms', socket: '120ms X' });
        timer(130).subscribe(() => void shutdown(one.route, { duration: 0 }));
        flush();
        expect(refused.status).to.equal(503);
        expect(received(next)).to.deep.equal(['position']);
        expect(one.signals).to.have.length(2);
      }),
    );
  }

  it(
    'is not removed for another run of its owner that is requested while its storage is written',
    marbles(({ cold, reader, flush }) => {
      const { one } = twoProcesses(() => cold('20ms (a|)'), {}, { owner: byUser, maxRunsPerOwner: 1 });
      const [first, refused] = [0, 1].map(() =>
        reader(one.route, { headers: { 'x-user': 'ada', 'rxsse-client': '1' } }),
      );
      flush();
      expect(first && received(first)).to.deep.equal(['position', '"a"', 'end']);
      expect([refused?.status, one.signals.length, one.errors]).to.deep.equal([503, 1, []]);
    }),
  );

  it(
    "is not started for an unknown cursor with gapPolicy: 'end'",
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('a');
      const { one, storage } = twoProcesses(() => words, {}, { gapPolicy: 'end' });
      const r = reader(one.route, { lastEventId: '1.another-epoch.4' });
      flush();
      expect(received(r)).to.deep.equal(['position', 'gap epoch', 'end']);
      expectSubscriptions(words.subscriptions).toBe([]);
      expect([one.process.open, storage.stored.size]).to.deep.equal([0, 0]);
    }),
  );

  it(
    'needs an owner that every process computes alike, and a log that other processes find',
    marbles(({ reader, flush }) => {
      const { one } = twoProcesses(() => NEVER, {}, { owner: () => ({ name: 'ada' }) });
      const owned = reader(one.route);
      const { prefixEpochs: _, ...log } = new StorageProcess(new SharedStorage()).log('x');
      const found = reader(sse({ resume: { log: () => log } }, () => NEVER));
      flush();
      expect(owned.status).to.equal(500);
      expect(String(owned.error)).to.match(/^TypeError: resume.owner: .* a string or a number.*got object/);
      expect(String(found.error)).to.match(/^TypeError: resume.log: .*prefixEpochs and claim/);
      expect(one.process.open).to.equal(0);
    }),
  );
});

describe('the log of a run', () => {
  it(
    'is refused when it is that of another run, whose readers receive nothing of the second',
    marbles(({ cold, reader, flush }) => {
      const process = new StorageProcess(new SharedStorage());
      const values = { a: 'a', b: 'b' };
      const route = sse({ resume: { log: () => process.log('the same'), linger: 0 } }, () =>
        cold('10ms a 19ms (b|)', values),
      );
      const first = reader(route);
      const second = reader(route, { at: '5ms' });
      flush();
      expect(received(first)).to.deep.equal(['position', '"a"', '"b"', 'end']);
      expect([second.status, String(second.error)]).to.deep.equal([
        500,
        'TypeError: resume.log: the log is that of another stream; create one with each call, and name one that is stored by its id: (id) => redisLog({ client, name: id })',
      ]);
      expect(process.open).to.equal(0);
    }),
  );

  it(
    'is refused when it is that of another run also in memory, and when it was closed with that',
    marbles(({ cold, reader, flush }) => {
      const log = memoryLog();
      const route = sse({ resume: { log: () => log, linger: 0 } }, () => cold('10ms a 19ms (b|)'));
      const first = reader(route);
      const second = reader(route, { at: '5ms' });
      const third = reader(route, { at: '50ms' });
      flush();
      expect(received(first)).to.deep.equal(['position', '"a"', '"b"', 'end']);
      expect(String(second.error)).to.match(/^TypeError: resume.log: the log is that of another stream/);
      expect(String(third.error)).to.match(/^ClosedError: the log is closed/);
    }),
  );

  it(
    'is closed after the claim was lost, with a linger of 0, and not claimed again',
    marbles(({ cold, reader, flush }) => {
      const { one } = twoProcesses(() => cold('10ms a 19ms b 19ms c'), {}, { linger: 0 });
      one.process.over = (log) => ({
        append: (drafts, options) =>
          drafts[0]?.data === '"b"' ? throwError(() => new FencedError(1, 2)) : log.append(drafts, options),
      });
      reader(one.route, { socket: '20ms X' });
      flush();
      // One to take it, and one to give it up.
      expect(one.process.calls.filter((call) => call === 'claim')).to.have.length(2);
      expect(one.process.open).to.equal(0);
    }),
  );

  for (const [what, options] of [
    ['its response cannot be started', { headers: refusing }],
    ['its wire has no ids', { wire: 'data-only' }],
  ] as const) {
    it(
      `is of a stream that ends with its reader where ${what}, since no reader can have its cursor`,
      marbles(({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('50ms a');
        const { one } = twoProcesses(() => words, options);
        reader(one.route, { socket: '20ms X' });
        flush();
        expectSubscriptions(words.subscriptions).toBe('wire' in options ? '---^ 16ms !' : '---(^!)');
        expect(one.process.open).to.equal(0);
      }),
    );
  }
});

describe('a run in a shared log that fails', () => {
  it(
    'is an HTTP error when it fails during the subscription',
    marbles(({ reader, flush }) => {
      const { one } = twoProcesses(() =>
        concat(
          of('a'),
          throwError(() => Object.assign(new Error('no'), { status: 502 })),
        ),
      );
      const r = reader(one.route);
      flush();
      expect([r.status, r.isStream, one.errors, one.process.open]).to.deep.equal([502, false, [], 0]);
      expect(one.signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
    }),
  );

  it(
    'sends its end to the readers of all processes, as onError decides',
    marbles(({ cold, reader, flush }) => {
      for (const [onError, expected, data] of [
        [() => undefined, ['"a"', 'end'], '{"reason":"failed"}'],
        [() => 'sorry', ['"a"', '"sorry"', 'end'], 'null'],
      ] as const) {
        const { one, two } = twoProcesses(() => cold('20ms a 19ms #'), { onError });
        const first = reader(one.route);
        timer(10).subscribe(() => {
          const second = reader(two.route, { lastEventId: first.lastEventId });
          timer(100).subscribe(() => {
            for (const r of [first, second]) expect(received(r)).to.deep.equal(['position', ...expected]);
            expect(second.frames.at(-1)?.frame).to.include({ event: 'rxsse.end', data });
          });
        });
        flush();
      }
    }),
  );

  it(
    'ends as failed when an event cannot be stored, and is unsubscribed from',
    marbles(({ hot, reader, flush, expectSubscriptions }) => {
      const words = hot('10ms a 9ms b 9ms c');
      const { one } = twoProcesses(() => words);
      one.process.over = (log) => ({
        append: (drafts, options) =>
          drafts[0]?.data === '"b"' ? throwError(() => new Error('full')) : log.append(drafts, options),
      });
      const r = reader(one.route);
      flush();
      expect(received(r)).to.deep.equal(['position', '"a"', 'end']);
      expect(r.frames.at(-1)?.frame).to.include({ data: '{"reason":"failed"}' });
      expect(one.errors).to.deep.equal(['Error']);
      expectSubscriptions(words.subscriptions).toBe('---^ 17ms !');
    }),
  );
});
