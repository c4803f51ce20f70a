import { expect } from 'chai';
import { asyncScheduler, Subject } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, type Frame, message, retry } from '../../lib/wire/Frame.ts';
import { end, position } from '../support/controlFrames.ts';
import { failureOf, firstLineOf, lineAfterThis } from './failureOf.ts';
import { send } from './sinks.ts';

const named = (data: unknown) => message({ event: 'tick', data });

describe('expectFrames', () => {
  it(
    'compares the times of frames and of the end, and no end of a reader that disconnects',
    marbles(({ hot, reader, expectFrames }) => {
      const values = { a: named(1), b: comment('x'), c: retry(7), d: message({ text: 'two\nlines' }) };
      const source = hot('     --a-(bc)--d--|', values);
      const stays = reader(send(source));
      const leaves = reader(send(source), { socket: '---X' });
      expectFrames(stays).toBe('--a-(bc)--d--|', values);
      expectFrames(leaves).toBe('--a', values);
    }),
  );

  it(
    'compares the cut, and its error if one is expected',
    marbles(({ hot, reader, expectFrames }) => {
      const error = new Error('why');
      const r = reader(send(hot('--#', {}, error)));
      expectFrames(r).toBe('--#');
      expectFrames(r).toBe('--#', {}, error);
      expectFrames(r).toBe('--#', {}, new Error('why'));
    }),
  );

  it('distinguishes an error, an end and a cut', () => {
    const run = (expected: string, error?: Error) =>
      marbles(({ hot, reader, expectFrames }) => {
        expectFrames(reader(send(hot('--#', {}, new Error('why'))))).toBe(expected, {}, error);
      });
    expect(failureOf(run('--#', new Error('what'))).message).to.contain('difference is at 2 ms');
    expect(failureOf(run('--|')).message).to.contain('difference is at 2 ms');
    expect(failureOf(run('')).message).to.contain('difference is at 2 ms');
    expect(failureOf(run('-#')).message).to.contain('difference is at 1 ms');
  });

  describe('the blocks of every route', () => {
    const routes = {
      'a retry': [retry(3000)],
      'a position': [position('1.e.0')],
      'a position with its retry': [position('1.e.0', 3000)],
    };
    for (const [name, opening] of Object.entries(routes)) {
      it(
        `leaves out ${name} at the start, unless opening is set`,
        marbles(({ cold, reader, expectFrames }) => {
          const [o = comment()] = opening;
          const values = { o, a: named(1), r: retry(5), e: end('1.e.1~') };
          const r = reader(send(cold('oar-(e|)', values)));
          expectFrames(r).toBe('-ar-|', values);
          expectFrames(r, { preamble: true }).toBe('oar-|', values);
          expectFrames(r, { end: true }).toBe('-ar-(e|)', values);
          expectFrames(r, { preamble: true, end: true }).toBe('oar-(e|)', values);
        }),
      );
    }

    it(
      'shows a first block that is late, repeated, or after other frames',
      marbles(({ cold, reader, expectFrames }) => {
        const values = { r: retry(5), p: position('1.e.0'), h: comment() };
        expectFrames(reader(send(cold('rp|', values)))).toBe('-p|', values);
        expectFrames(reader(send(cold('hr|', values)))).toBe('hr|', values);
      }),
    );

    it(
      'shows an rxsse.end that is not the end of the response',
      marbles(({ cold, reader, expectFrames }) => {
        const values = { e: end('1.e.1~') };
        expectFrames(reader(send(cold('--e', values)), { socket: '9ms X' })).toBe('--e', values);
      }),
    );
  });

  it('fails at the line of its toBe, and at its own line without one', () => {
    let line = '';
    const wrong = failureOf(
      marbles(({ cold, reader, expectFrames }) => {
        const r = reader(send(cold('--a|', { a: named(1) })));
        line = lineAfterThis();
        expectFrames(r).toBe('-a-|', { a: named(1) });
      }),
    );
    expect(wrong.message).to.match(/^expectFrames: the first difference is at 1 ms\n/);
    expect(wrong.expected).to.equal("1ms frame { data: 1, event: 'tick' }\n3ms end");
    expect(firstLineOf(wrong)).to.equal(line);

    const loose = failureOf(
      marbles(({ reader, expectFrames }) => {
        line = lineAfterThis();
        expectFrames(reader(() => {}));
      }),
    );
    expect(loose.message).to.match(/^expectFrames: it has no toBe/);
    expect(firstLineOf(loose)).to.equal(line);
  });

  it(
    'compares once, when flush has run',
    marbles(({ reader, expectFrames, flush }) => {
      const frames = new Subject<Frame>();
      const r = reader(send(frames));
      asyncScheduler.schedule(() => frames.next(named(1)), 2);
      expectFrames(r).toBe('--a', { a: named(1) });
      flush();
      frames.complete();
      expectFrames(r).toBe('--(a|)', { a: named(1) });
    }),
  );

  it('fails for a response that is not a stream, also when it ends as expected', () => {
    const route = (status: number, body: string) =>
      marbles(({ reader, expectFrames }) => {
        const answering = (_request: SseRequest, response: NodeResponse) => {
          response.writeHead(status, {});
          response.end(body);
        };
        expectFrames(reader(answering)).toBe('|');
      });
    expect(failureOf(route(422, 'no query')).message).to.equal(
      'expectFrames: expected a stream of events, got status 422: no query; send a request that the route accepts',
    );
    expect(failureOf(route(500, '')).message).to.equal('expectFrames: expected a stream of events, got status 500');
    expect(failureOf(route(200, '{}')).message).to.equal(
      'expectFrames: expected a stream of events, got status 200 without content-type text/event-stream: {}',
    );
    route(204, '')();
  });

  it('describes the response beside the difference', () => {
    const run = marbles(({ reader, expectFrames }) => {
      expectFrames(reader((_request, _response, next) => next?.(new TypeError('bad')))).toBe('--a');
    });
    expect(failureOf(run).message).to.contain(
      'at 0 ms; expected a stream of events, got status 500; next was called with TypeError: bad',
    );
  });
});
