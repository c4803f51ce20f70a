import { expect } from 'chai';
import * as t from 'io-ts';
import { asyncScheduler, interval, NEVER, of, Subject } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import { sse } from '../../lib/adapter/node/sse.ts';
import { events } from '../../lib/event/events.ts';
import { feed } from '../../lib/feed/feed.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { expectNoLeaks } from '../../lib/testing/expectNoLeaks.ts';
import { failureOf, firstLineOf, lineAfterThis } from './failureOf.ts';

const Ticks = events({ Tick: { n: t.number } });
const { subscribe } = Object.getPrototypeOf(NEVER) as object as { readonly subscribe: unknown };

type Plain = (request: SseRequest, response: NodeResponse) => void;

describe('expectNoLeaks', () => {
  it('lets pass routes of every kind', () => {
    expectNoLeaks(sse(interval(1000)));
    expectNoLeaks(sse(new Subject()));
    expectNoLeaks(sse(of(1)));
    expectNoLeaks(sse({ resume: true, heartbeat: 20 }, interval(1000)));
    expectNoLeaks(sse(feed(Ticks)));
    expectNoLeaks(sse(feed(Ticks, { source: () => NEVER, linger: 50 })));
    expectNoLeaks(
      sse({ query: { a: t.string } }, () => interval(5)),
      { url: '/?a=1', sockets: ['2s X'] },
    );
  });

  it('finds a timer, and the line that it came of', () => {
    let line = '';
    const route: Plain = (_request, response) => {
      response.on('close', () => {});
      response.removeListener('close', () => {});
      line = lineAfterThis();
      interval(1000).subscribe();
    };
    const failure = failureOf(() => expectNoLeaks(route));
    expect(failure.message).to.match(/^expectNoLeaks: of a reader with the socket 'X': marbles: 1 timer is left/);
    expect(line).to.match(/expectNoLeaks\.spec\.ts/);
  });

  it('finds a subscription that no timer keeps, and where it was made', () => {
    let line = '';
    const shared = new Subject<number>();
    const route: Plain = () => {
      line = lineAfterThis();
      shared.subscribe();
    };
    const { message } = failureOf(() => expectNoLeaks(route));
    expect(message).to.contain('a subscription is left, made at ').and.to.contain(line);
  });

  it('finds a source that is to stay for ever', () => {
    const route = sse(feed(Ticks, { source: NEVER }));
    expect(failureOf(() => expectNoLeaks(route)).message).to.contain('a subscription is left');
  });

  it('finds listeners, after each way to leave', () => {
    const left = (socket: string, listen: Plain) => failureOf(() => expectNoLeaks(listen, { sockets: [socket] }));
    const deaf: Plain = (_request, response) => {
      response.on('close', () => {});
      response.on('error', () => {});
    };
    for (const socket of ['X', '-X', '-F 5ms X', '9ms #']) {
      expect(left(socket, deaf).message).to.equal(
        `expectNoLeaks: of a reader with the socket '${socket}':\n  2 listeners are left on its response`,
      );
    }
  });

  it('fails at its own line, with what a route does wrong', () => {
    let line = '';
    const route: Plain = (_request, response) => {
      asyncScheduler.schedule(() => response.write('late'), 3);
    };
    const failure = failureOf(() => {
      line = lineAfterThis();
      expectNoLeaks(route);
    });
    expect(failure.message).to.match(/socket 'X': 4 bytes were written at 3 ms, after the client had gone at 0 ms/);
    expect(firstLineOf(failure)).to.equal(line);
  });

  it('finds that no stream was opened, and says what was answered', () => {
    const { message } = failureOf(() => expectNoLeaks(sse({ query: { a: t.string } }, () => NEVER)));
    expect(message).to.match(
      /^expectNoLeaks: of a reader with the socket 'X': the answer was 422 and no stream: .*"path":"query\.a"/,
    );
    const throwing = () => {
      throw new Error('no database');
    };
    expect(failureOf(() => expectNoLeaks(throwing)).message).to.match(
      /the answer was 500 and no stream; next was called with Error: no database/,
    );
  });

  it('has nothing to test where every answer is 204, or none comes before the readers leave', () => {
    const noContent: Plain = (_request, response) => {
      response.writeHead(204, {});
      response.end();
    };
    expect(failureOf(() => expectNoLeaks(noContent)).message).to.match(
      /^expectNoLeaks: the answer was always 204: there is no stream to test/,
    );
    const { message } = failureOf(() => expectNoLeaks(sse(async () => NEVER)));
    expect(message).to.match(/^expectNoLeaks: no answer came before the readers left: there is no stream to test/);
    expect(message).to.contain('waits for a promise');
  });

  it('needs one reader that comes, and does so before it leaves', () => {
    expect(() => expectNoLeaks(sse(NEVER), { sockets: [] })).to.throw(
      RangeError,
      'expectNoLeaks: sockets must not be empty',
    );
    expectNoLeaks(sse(NEVER), { sockets: ['X'] });
  });

  it('watches nothing when it is over, and refuses what is no route', () => {
    failureOf(() => expectNoLeaks(sse(feed(Ticks, { source: NEVER }))));
    expect(Object.getPrototypeOf(NEVER)).to.have.property('subscribe', subscribe);
    expect(() => expectNoLeaks(5 as never)).to.throw(TypeError, 'expected a route');
  });
});
