import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock } from '../../lib/time/clock.ts';
import { failureOf } from './failureOf.ts';
import { plain } from './sinks.ts';

describe('the socket of a reader', () => {
  it(
    'is full from F to D, accepts and counts the bytes that are written meanwhile, and emits drain at D',
    marbles(({ hot, reader, flush }) => {
      const log: unknown[] = [];
      const say = (response: NodeResponse) =>
        log.push([clock.now(), response.writableNeedDrain, response.write(':\n')]);
      const calls = hot('a---b---c');
      const r = reader(
        (_request, response) => {
          response.on('drain', () => log.push([clock.now(), 'drain', response.writableNeedDrain]));
          calls.subscribe(() => say(response));
        },
        { socket: '-F 4ms D 9ms X' },
      );
      flush();
      expect(log).to.deep.equal([
        [0, false, true],
        [4, true, false],
        [6, 'drain', false],
        [8, false, true],
      ]);
      expect(r.overrun).to.equal(2);
      expect(r.text).to.equal(':\n:\n:\n');
    }),
  );

  it(
    'emits no drain when no write returned false',
    marbles(({ reader, flush }) => {
      let drains = 0;
      reader((_request, response) => void response.on('drain', () => drains++), { socket: '--D-(FD)-D' });
      flush();
      expect(drains).to.equal(1);
    }),
  );

  it(
    'closes once at X, and is destroyed afterwards',
    marbles(({ reader, flush, hot, expectSubscriptions }) => {
      const source = hot('--a----------');
      const log: unknown[] = [];
      const r = reader(
        (request, response) => {
          plain(source)(request, response);
          response.on('close', () => log.push([clock.now(), response.destroyed, response.writableNeedDrain]));
        },
        { socket: 'F--------(XX)' },
      );
      expectSubscriptions(source.subscriptions).toBe('^--------!');
      flush();
      expect(log).to.deep.equal([[9, true, false]]);
      expect([r.leftAt, r.endedAt, r.cutAt]).to.deep.equal([9, undefined, undefined]);
    }),
  );

  it(
    'emits error and then close at #',
    marbles(({ reader, flush }) => {
      const log: unknown[] = [];
      const r = reader(
        (_request, response) => {
          response.on('error', (error) => log.push([clock.now(), error?.message]));
          response.on('close', () => log.push([clock.now(), 'close']));
        },
        { socket: '---#' },
      );
      flush();
      expect(log).to.deep.equal([
        [3, 'read ECONNRESET'],
        [3, 'close'],
      ]);
      expect(r.leftAt).to.equal(3);
    }),
  );

  it(
    'closes in a step after the end of the response, and when it is full after it has drained',
    marbles(({ reader, flush }) => {
      const log: unknown[] = [];
      const ending = (name: string) => (_request: SseRequest, response: NodeResponse) => {
        response.on('close', () => log.push([clock.now(), name]));
        asyncScheduler.schedule(() => {
          response.end();
          log.push([clock.now(), `${name} ended`, response.writableEnded, response.destroyed]);
        }, 2);
      };
      reader(ending('fast'));
      const slow = reader(ending('slow'), { socket: 'F--------D' });
      const lost = reader(ending('lost'), { socket: 'F--------X' });
      flush();
      expect(log).to.deep.equal([
        [2, 'fast ended', true, false],
        [2, 'slow ended', true, false],
        [2, 'lost ended', true, false],
        [2, 'fast'],
        [9, 'lost'],
        [9, 'slow'],
      ]);
      expect([slow.endedAt, slow.leftAt, lost.endedAt, lost.leftAt]).to.deep.equal([2, undefined, 2, undefined]);
    }),
  );

  it(
    'closes in a step after destroy, and drops the corked bytes',
    marbles(({ reader, flush }) => {
      const log: unknown[] = [];
      const r = reader((_request, response) => {
        response.on('close', () => log.push('close'));
        response.cork();
        response.write('data: lost\n\n');
        response.destroy(new Error('gone'));
        response.uncork();
        log.push(response.destroyed);
      });
      flush();
      expect(log).to.deep.equal([true, 'close']);
      expect([r.cutAt, r.text, r.status]).to.deep.equal([0, '', undefined]);
    }),
  );
});

describe('a response that the server ends and the client closes', () => {
  it(
    'closes once, and records the first of the two',
    marbles(({ reader, flush }) => {
      let closes = 0;
      const over = (...how: ('end' | 'destroy')[]) =>
        reader(
          (_request, response) => {
            response.on('close', () => closes++);
            for (const what of how) response[what]();
          },
          { socket: 'X' },
        );
      const readers = [over('destroy'), over('end'), over('end', 'destroy'), over('destroy', 'end')];
      flush();
      expect(closes).to.equal(4);
      expect(readers.map(({ endedAt: ended, cutAt: cut, leftAt: left }) => [ended, cut, left])).to.deep.equal([
        [undefined, 0, undefined],
        [0, undefined, undefined],
        [0, undefined, undefined],
        [undefined, 0, undefined],
      ]);
    }),
  );
});

describe('the listeners of a response', () => {
  it(
    'are counted until they are removed',
    marbles(({ reader, flush }) => {
      const close = () => {};
      const r = reader((_request, response) => {
        response.on('close', close);
        response.on('drain', close);
        response.on('error', close);
        response.removeListener('drain', close);
      });
      flush();
      expect(r.listeners).to.equal(2);
      expect(r.response.listenerCount('close')).to.equal(1);
    }),
  );
});

describe('a mistake of a route', () => {
  it('fails the test: a write after the client has disconnected', () => {
    const run = marbles(({ hot, reader }) => {
      const source = hot('--a');
      reader((_request, response) => void source.subscribe(() => response.write('data: 1\n\n')), { socket: '-X' });
    });
    expect(failureOf(run).message).to.match(
      /^9 bytes were written at 2 ms, after the client had disconnected at 1 ms; the reader is from .*reader\.socket\.spec\.ts/,
    );
  });

  it('fails the test: a write after the end, or after the cut', () => {
    const writtenAfter = (over: (response: NodeResponse) => void) =>
      marbles(({ reader }) => {
        reader((_request, response) => {
          over(response);
          response.write(':\n');
        });
      });
    expect(failureOf(writtenAfter((response) => response.end())).message).to.match(
      /after the response had ended at 0 ms/,
    );
    expect(failureOf(writtenAfter((response) => response.destroy())).message).to.match(/after it was cut at 0 ms/);
  });

  it('fails the test: no listener for an error of the socket', () => {
    const run = marbles(({ reader }) => void reader(() => {}, { socket: '--#' }));
    expect(failureOf(run).message).to.match(/no listener for 'error' was registered, which ends a Node process/);
  });
});
