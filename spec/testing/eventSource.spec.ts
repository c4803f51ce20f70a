import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import { sse } from '../../lib/adapter/node/sse.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { message } from '../../lib/wire/Frame.ts';
import { failureOf } from './failureOf.ts';

const head = { 'Content-Type': 'text/event-stream' };

/** Answers each connection with the next text, or with a status for a number, and records the requests. */
function answering(...answers: (string | Uint8Array | number)[]) {
  const requests: unknown[] = [];
  const handler = (request: SseRequest, response: NodeResponse) => {
    requests.push([asyncScheduler.now(), request.headers['last-event-id']]);
    const answer = answers.shift();
    if (answer === undefined) return;
    if (typeof answer === 'number') {
      response.writeHead(answer, {});
      response.end();
      return;
    }
    response.writeHead(200, head);
    response.end(answer);
  };
  return { requests, handler };
}

describe('a reader that behaves as EventSource', () => {
  it(
    'reconnects after its retry with its newest id, which it retains',
    marbles(({ eventSource, expectFrames, flush }) => {
      const { requests, handler } = answering('id: 1\ndata: 1\n\n', 'retry: 20\n\ndata: 2\n\n', 'id: 3\n\n', 204);
      const r = eventSource(handler, { retry: 10 });
      const values = { a: message({ id: '1', data: 1 }), b: 2 };
      expectFrames(r).toBe('a 9ms b 39ms |', values);
      flush();
      expect(requests).to.deep.equal([
        [0, undefined],
        [10, '1'],
        [30, '1'],
        [50, '3'],
      ]);
      expect([r.state, r.end, r.lastEventId, r.retry]).to.deep.equal(['closed', { at: 50, status: 204 }, '3', 20]);
    }),
  );

  it(
    'clears its position at an empty id, and then sends no Last-Event-ID',
    marbles(({ eventSource, flush }) => {
      const { requests, handler } = answering('id: 1\ndata: 1\n\n', 'id\ndata: 2\n\n', 204);
      eventSource(handler, { retry: 1, lastEventId: '0' });
      flush();
      expect(requests.map((request) => (request as unknown[])[1])).to.deep.equal(['0', '1', undefined]);
    }),
  );

  it(
    'skips one BOM of each connection, and parses bytes in chunks of any size',
    marbles(({ eventSource, flush }) => {
      const text = '\uFEFFid: 1\r\nretry: 7\r\ndata: ü€😀\r\n\r\n';
      const { handler } = answering(Buffer.from(text), Buffer.from(text), 204);
      const r = eventSource(handler, { chunk: 1 });
      flush();
      expect(r.frames.map(({ at, frame }) => ({ at, ...frame }))).to.deep.equal(
        [0, 7].map((at) => ({ at, _tag: 'Message', id: '1', event: undefined, retry: 7, data: 'ü€😀' })),
      );
      expect(r.connectedAt).to.deep.equal([0, 7, 14]);
    }),
  );

  it(
    'drops the block that a cut leaves incomplete, except its retry',
    marbles(({ eventSource, flush }) => {
      const { requests, handler } = answering('id: 1\ndata: 1\n\nid: 2\nretry: 4\ndata: 2\n', 204);
      const r = eventSource(handler);
      flush();
      expect(r.frames).to.have.length(1);
      expect(requests).to.deep.equal([
        [0, undefined],
        [4, '1'],
      ]);
    }),
  );

  it(
    'ends permanently at a response that is not a stream, and reads no more of it',
    marbles(({ eventSource, expectFrames, flush }) => {
      const { handler } = answering(503);
      const failed = eventSource(handler, { at: '5ms' });
      expectFrames(failed).toBe('5ms #');
      const endless = eventSource((_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' });
        response.write('<p>');
      });
      expectFrames(endless).toBe('#');
      flush();
      expect(failed.end).to.deep.equal({ at: 5, status: 503 });
      expect(endless.connections.map(({ leftAt: left }) => left)).to.deep.equal([0]);
    }),
  );

  it(
    'reconnects when the connection breaks before the response',
    marbles(({ eventSource, flush }) => {
      const { requests, handler } = answering();
      eventSource(handler, { retry: 3, sockets: ['-X', 'X'], socket: '8ms C' });
      flush();
      expect(requests.map((request) => (request as unknown[])[0])).to.deep.equal([0, 4, 7]);
    }),
  );

  it(
    'resumes a run after each kind of connection loss',
    marbles(
      ({ hot, eventSource, expectFrames, flush }) => {
        const ticks = hot('    1ms a 9ms b 5ms c 9ms d');
        const route = sse({ resume: { linger: 50 }, retry: 10 }, ticks);
        const values = { a: 'a', b: 'b', c: 'c', d: 'd' };
        // The connection is lost at 5 and made again at 15; at 18 it is lost with the last write, c, and made again at 28.
        const r = eventSource(route, { socket: '5ms X 12ms L 20ms C' });
        expectFrames(r).toBe('1ms a 13ms b 12ms (cd)', values);
        flush();
        expect(r.connections.map(({ leftAt: left }) => left)).to.deep.equal([5, 18, 39]);
        expect(r.connections.map(({ headers }) => headers['rxsse-resume'])).to.deep.equal(['live', 'exact', 'exact']);
      },
      { until: '1s' },
    ),
  );

  it(
    'has the state of an EventSource',
    marbles(({ hot, eventSource, flush }) => {
      const r = eventSource(sse(hot('-a')), { at: '2ms', sockets: ['3ms X'], retry: 50, socket: '4000ms C' });
      const seen: unknown[] = [];
      for (const at of [0, 3, 6, 3004, 3006, 4001]) {
        asyncScheduler.schedule(() => seen.push([r.state, r.connections.length]), at);
      }
      flush();
      expect(seen).to.deep.equal([
        ['connecting', 0],
        ['open', 1],
        ['connecting', 1],
        ['connecting', 1],
        ['open', 2],
        ['closed', 2],
      ]);
      expect(r.retry).to.equal(3000);
    }),
  );

  it('throws for a time that has passed, as a reader does', () => {
    const over = marbles(({ eventSource, flush }) => {
      asyncScheduler.schedule(() => {}, 5);
      flush();
      eventSource(() => {}, { at: '4ms' });
    });
    expect(() => over()).to.throw(RangeError, 'eventSource: at must be later than the current time of the run, 5 ms');
  });

  it('throws for an unknown script, and for bounds out of range', () => {
    const making = (options: object) => failureOf(marbles(({ eventSource }) => void eventSource(() => {}, options)));
    expect(making({ socket: 'Z' }).message).to.match(/^eventSource: socket knows F .* and C only, got Z/);
    expect(making({ sockets: ['-C'] }).message).to.match(/^eventSource: sockets knows F .* only, got C/);
    expect(making({ socket: '-|' }).message).to.match(/only, got \|/);
    expect(making({ chunk: 0 })).to.be.instanceOf(RangeError);
    expect(making({ retry: -1 })).to.be.instanceOf(RangeError);
  });
});
