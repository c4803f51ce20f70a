import { expect } from 'chai';
import { concat, NEVER, type Observable, of, timer } from 'rxjs';
import { type SseContext, type SseRequest, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { family, routeOf } from './family.ts';
import { received } from './received.ts';

const running = concat(of('a'), NEVER);
const byUser = ({ request }: SseContext<{ request: SseRequest }>): unknown => request.headers['x-user'];
const as = (user: string) => ({ headers: { 'x-user': user } });

describe('the runs of many clients', () => {
  const route = (resume: object, stream: Observable<string> = running) => sse({ resume }, () => stream);

  it(
    'are not removed within their linger for a new client, which receives the response of a full server',
    marbles(({ reader, flush }) => {
      const two = route({ maxRuns: 2, linger: 1000 });
      const mine = reader(two, { socket: '1ms X' });
      const others = Array.from({ length: 50 }, (_, n) =>
        reader(two, { at: `${10 + n}ms`, socket: `${11 + n}ms X`, headers: { 'rxsse-client': '1' } }),
      );
      timer(100).subscribe(() => {
        again = reader(two, { lastEventId: mine.lastEventId, socket: '105ms X' });
      });
      let again = mine;
      flush();
      expect(others.filter(({ status }) => status === 200)).to.have.length(1);
      expect(others.filter(({ status }) => status === 503)).to.have.length(49);
      expect(received(again)).to.deep.equal(['position']);
      expect(again.headers).to.include({ 'rxsse-resume': 'exact' });
    }),
  );

  it(
    'are removed for a new run once their stream has ended',
    marbles(({ reader, flush }) => {
      const two = route({ maxRuns: 2, linger: 1000 }, of('a'));
      const all = Array.from({ length: 50 }, (_, n) => reader(two, { at: `${10 + n}ms` }));
      flush();
      for (const each of all) expect(received(each)).to.deep.equal(['position', '"a"', 'end']);
    }),
  );

  it(
    'are bounded for each owner, of whose runs the longest idle one is removed, and none of another owner',
    marbles(({ reader, flush }) => {
      const two = route({ owner: byUser, maxRunsPerOwner: 2, linger: 1000 });
      const mine = reader(two, { ...as('me'), socket: '1ms X' });
      const others = Array.from({ length: 10 }, (_, n) =>
        reader(two, { ...as('you'), at: `${10 + n}ms`, socket: `${11 + n}ms X` }),
      );
      const again: ReturnType<typeof reader>[] = [];
      timer(100).subscribe(() => {
        again.push(reader(two, { ...as('me'), lastEventId: mine.lastEventId, socket: '105ms X' }));
        for (const { lastEventId } of others.slice(8)) {
          again.push(reader(two, { ...as('you'), lastEventId, socket: '105ms X' }));
        }
      });
      flush();
      expect(again.map(({ headers }) => headers['rxsse-resume'])).to.deep.equal(['exact', 'exact', 'exact']);
    }),
  );

  it(
    'cause the response of a full server when all runs of an owner have readers',
    marbles(({ reader, flush }) => {
      const one = route({ owner: byUser, maxRunsPerOwner: 1, linger: 0 });
      reader(one, { ...as('me'), socket: '30ms X' });
      const second = reader(one, { headers: { 'x-user': 'me', 'rxsse-client': '1' }, at: '10ms' });
      const other = reader(one, { ...as('you'), at: '10ms', socket: '20ms X' });
      const later = reader(one, { ...as('me'), at: '40ms', socket: '50ms X' });
      flush();
      expect(second.status).to.equal(503);
      for (const each of [other, later]) expect(received(each)).to.deep.equal(['position', '"a"']);
    }),
  );

  const inUse: readonly (readonly [what: string, resume: object, user: string])[] = [
    ['all runs', { maxRuns: 1 }, 'you'],
    ['the runs of its owner', { owner: byUser, maxRunsPerOwner: 1 }, 'me'],
  ];
  for (const [what, resume, user] of inUse) {
    it(
      `start nothing for a request that is refused because ${what} are in use`,
      marbles(({ reader, flush }) => {
        let calls = 0;
        const one = sse({ resume: { linger: 1000, ...resume } }, () => {
          calls++;
          return running;
        });
        reader(one, { ...as('me'), socket: '20ms X' });
        const refused = reader(one, { headers: { 'x-user': user, 'rxsse-client': '1' }, at: '10ms' });
        flush();
        expect(refused.status).to.equal(503);
        expect(calls).to.equal(1);
      }),
    );
  }

  it('are bounded by a number in range: another value is a RangeError', () => {
    for (const maxRunsPerOwner of [0, -1, Number.NaN]) {
      expect(() => route({ maxRunsPerOwner })).to.throw(RangeError, 'sse: resume.maxRunsPerOwner');
    }
  });
});

it(
  'a feed that was used within its idleTimeout is not removed for unknown keys',
  marbles(({ reader, flush }) => {
    const { rooms } = family({ idleTimeout: 1000, maxFeeds: 2 });
    const routed = routeOf(rooms);
    const lobby = rooms.get('lobby');
    const made = Array.from({ length: 20 }, (_, n) =>
      reader(routed, {
        at: `${10 + n}ms`,
        params: { room: `made-up ${n}` },
        socket: `${11 + n}ms X`,
        headers: { 'rxsse-client': '1' },
      }),
    );
    timer(100).subscribe(() => expect(rooms.get('lobby')).to.equal(lobby));
    const later = reader(routed, { at: '1500ms', params: { room: 'new' }, socket: '1501ms X' });
    flush();
    expect(made.filter(({ status }) => status === 503)).to.have.length(19);
    expect(later.status).to.equal(200);
  }),
);
