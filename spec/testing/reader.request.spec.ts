import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { failureOf } from './failureOf.ts';
import { plain } from './sinks.ts';

describe('the request of a reader', () => {
  it(
    'has the headers of a browser, and those of the options',
    marbles(({ reader, flush }) => {
      const requests: SseRequest[] = [];
      const route = (request: SseRequest) => void requests.push(request);
      reader(route);
      reader(route, {
        method: 'POST',
        url: '/room?name=a',
        headers: { Accept: '*/*', 'X-One': '1' },
        query: { name: 'a' },
        params: { room: '7' },
        body: { b: 1 },
        lastEventId: '1.e.4',
        request: { user: 'u' },
      });
      flush();
      expect(requests).to.deep.equal([
        { method: 'GET', url: '/', headers: { accept: 'text/event-stream' } },
        {
          method: 'POST',
          url: '/room?name=a',
          headers: { accept: '*/*', 'content-type': 'application/json', 'x-one': '1', 'last-event-id': '1.e.4' },
          query: { name: 'a' },
          params: { room: '7' },
          body: { b: 1 },
          user: 'u',
        },
      ]);
    }),
  );

  it(
    'is sent at once or at `at`, before the values of that time',
    marbles(({ hot, reader, flush }) => {
      const source = hot('a--b');
      const first = reader(plain(source), { socket: '9ms X' });
      const second = reader(plain(source), { at: '3ms', socket: '9ms X' });
      flush();
      expect(first.writes.map(({ at }) => at)).to.deep.equal([0, 0, 3]);
      expect(second.writes.map(({ at }) => at)).to.deep.equal([3, 3]);

      const third = reader(plain(hot('a')), { socket: '20ms X' });
      flush();
      expect(third.writes.map(({ at }) => at)).to.deep.equal([9, 9]);
      expect(third.leftAt).to.equal(20);
    }),
  );

  it('throws for a time that has passed, and for a socket step before the reader connects', () => {
    const over = marbles(({ reader, flush }) => {
      asyncScheduler.schedule(() => {}, 5);
      flush();
      reader(() => {}, { at: '4ms' });
    });
    expect(failureOf(over).message).to.match(/at must be later than the current time of the run, 5 ms/);
    const early = marbles(({ reader }) => void reader(() => {}, { at: '4ms', socket: '--X' }));
    expect(failureOf(early).message).to.match(/a step at 2 ms, before it connects at 4 ms/);
    const odd = marbles(({ reader }) => void reader(() => {}, { socket: '--a' }));
    expect(failureOf(odd)).to.be.instanceOf(TypeError);
  });
});
