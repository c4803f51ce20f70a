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
  it('passes routes of every kind', () => {
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

  it('finds a timer, and the line that started it', () => {
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

  it('finds a subscription without a timer, and the line that subscribed', () => {
    let line = '';
    const shared = new Subject<number>();
    const route: Plain = () => {
      line = lineAfterThis();
      shared.subscribe();
    };
    const { message } = failureOf(() => expectNoLeaks(route));
    expect(message).to.contain('a subscription is left, made at ').and.to.contain(line);
  });

  it('finds a source that stays subscribed', () => {
    const route = sse(feed(Ticks, { source: NEVER }));
    expect(failureOf(() => expectNoLeaks(route)).message).to.contain('a subscription is left');
  });

  it('finds listeners after each way to disconnect', () => {
    const left = (socket: string, listen: Plain) => failureOf(() => expectNoLeaks(listen, { sockets: [socket] }));
    const leaking: Plain = (_request, response) => {
      response.on('close', () => {});
      response.on('error', () => {});
    };
    for (const socket of ['X', '-X', '-F 5ms X', '9ms #']) {
      expect(left(socket, leaking).message).to.equal(
        `expectNoLeaks: of a reader with the socket '${socket}':\n  2 listeners are left on its response`,
      );
    }
  });

  it('fails at its own line, with the mistake of a route', () => {
    let line = '';
    const route: Plain = (_request, response) => {
      asyncScheduler.schedule(() => response.write('late'), 3);
    };
    const failure = failureOf(() => {
      line = lineAfterThis();
      expectNoLeaks(route);
    });
    expect(failure.message).to.match(
      /socket 'X': 4 bytes were written at 3 ms, after the client had disconnected at 0 ms/,
    );
    expect(firstLineOf(failure)).to.equal(line);
  });

  it('fails for a response that is not a stream, and describes it', () => {
    const { message } = failureOf(() => expectNoLeaks(sse({ query: { a: t.string } }, () => NEVER)));
    expect(message).to.match(
      /^expectNoLeaks: of a reader with the socket 'X': expected a stream of events, got status 422: .*"path":"query\.a"/,
    );
    const throwing = () => {
      throw new Error('no database');
    };
    expect(failureOf(() => expectNoLeaks(throwing)).message).to.match(
      /expected a stream of events, got status 500; next was called with Error: no database/,
    );
  });

  it('fails when every response is 204, or none is sent before the readers disconnect', () => {
    const noContent: Plain = (_request, response) => {
      response.writeHead(204, {});
      response.end();
    };
    expect(failureOf(() => expectNoLeaks(noContent)).message).to.match(
      /^expectNoLeaks: expected a stream of events, got status 204 for every request;/,
    );
    const { message } = failureOf(() => expectNoLeaks(sse(async () => NEVER)));
    expect(message).to.match(
      /^expectNoLeaks: expected a stream of events, got no response before the readers disconnected/,
    );
    expect(message).to.contain('waits for a promise');
  });

  it('needs one socket script', () => {
    expect(() => expectNoLeaks(sse(NEVER), { sockets: [] })).to.throw(
      RangeError,
      'expectNoLeaks: sockets must have one script or more',
    );
    expectNoLeaks(sse(NEVER), { sockets: ['X'] });
  });

  it('restores subscribe afterwards, and throws for a value that is not a route', () => {
    failureOf(() => expectNoLeaks(sse(feed(Ticks, { source: NEVER }))));
    expect(Object.getPrototypeOf(NEVER)).to.have.property('subscribe', subscribe);
    expect(() => expectNoLeaks(5 as never)).to.throw(TypeError, 'expected a route');
  });
});
