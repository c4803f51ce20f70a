import { expect } from 'chai';
import { throwError } from 'rxjs';
import type { ReceiveRequest } from '../../lib/adapter/node/readBody.ts';
import { receive } from '../../lib/adapter/node/receive.ts';
import type { AnyFeed } from '../../lib/feed/coreOf.ts';
import { type EventLog, feed, feeds, memoryLog, UnavailableError } from '../../lib/index.ts';
import type { FakeResponse } from '../../lib/testing/FakeResponse.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import type { TestReader } from '../../lib/testing/TestReader.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { Orders, paid, post, remembered, shop } from './posting.ts';

/** A log whose storage fails. */
const failing = (error: unknown): EventLog => ({ ...memoryLog(), append: () => throwError(() => error) });

describe('receive', () => {
  describe('with a function', () => {
    const refused = Object.assign(new Error('secret'), { status: 403 });
    const refuse = () => {
      throw refused;
    };

    it(
      'appends to the feed that a request belongs to',
      marbles(({ reader, flush }) => {
        const logs = new Map<string, EventLog>();
        const rooms = feeds(Orders, {
          feed: (room) => {
            const log = memoryLog();
            logs.set(room, log);
            return { log };
          },
          idleTimeout: Infinity,
        });
        const roomOf = (request: ReceiveRequest & { readonly params: { readonly room: string } }) =>
          rooms.get(request.params.room);
        for (const room of ['a', 'b']) reader(receive(roomOf), { method: 'POST', params: { room }, body: paid(room) });
        flush();

        expect([...logs.keys()]).to.deep.equal(['a', 'b']);
        for (const [room, log] of logs)
          expect(remembered(log).match(/"order":"\w"/g)).to.deep.equal([`"order":"${room}"`]);
      }),
    );

    it('waits for its promise, and appends nothing for a client that disconnected', async () => {
      const { orders, remembered } = shop();
      let give: (feed: AnyFeed) => void = () => {};
      const passed = new Promise<AnyFeed>((resolve) => {
        give = resolve;
      });
      const handler = receive(() => passed);
      // Promises do not run in virtual time: this one resolves after the run, when one of the two clients has disconnected.
      const run = marbles((kit) => {
        post(kit, handler, paid('A'));
        post(kit, handler, paid('B'), { socket: '5ms X' });
      });
      run();
      expect(remembered()).to.equal('');
      give(orders);
      await passed;
      expect(remembered().match(/"order":"\w"/g)).to.deep.equal(['"order":"A"']);
    });

    it('does not call next for a client that disconnected before its promise rejected', async () => {
      let breakIt: (error: Error) => void = () => {};
      const inputs = new Promise<never>((_, reject) => {
        breakIt = reject;
      });
      let answer: TestReader | undefined;
      const run = marbles((kit) => {
        answer = post(
          kit,
          receive(() => inputs),
          paid('A'),
          { socket: '5ms X' },
        );
      });
      run();
      breakIt(new Error('too late'));
      await inputs.catch(() => {});
      expect(answer?.leftAt).to.equal(5);
      expect(answer?.error).to.equal(undefined);
    });

    it(
      'has released the response when it calls next with what the function throws',
      marbles((kit) => {
        const handler = receive(refuse);
        const observed: number[] = [];
        const watch = (...[request, response, next]: Parameters<typeof handler>) =>
          handler(request, response, (error) => {
            observed.push((response as FakeResponse).listenerCount('close'));
            next?.(error);
          });
        const watched = Object.assign(watch, handler);
        post(kit, watched, paid('A'));
        expect(observed).to.deep.equal([0]);
      }),
    );

    it(
      'calls next with what it throws',
      marbles((kit) => {
        const answer = post(kit, receive(refuse), paid('A'));
        expect(answer.error).to.equal(refused);
        expect(answer.listeners).to.equal(0);
      }),
    );

    it(
      'answers with the status of what it throws and nothing else of it, without next',
      marbles((kit) => {
        const answer = post(kit, receive(refuse), paid('A'), { next: false });
        expect(answer.problem).to.deep.equal({ type: 'about:blank', status: 403 });
      }),
    );

    it(
      'calls next with a TypeError when it does not return a feed',
      marbles((kit) => {
        const answer = post(kit, receive((() => ({})) as never), paid('A'));
        expect(String(answer.error)).to.equal('TypeError: receive: expected a feed, or a function that returns one');
      }),
    );

    it(
      'answers 503 for a full registry of feeds, with a random Retry-After',
      marbles((kit) => {
        const full = () => {
          throw new UnavailableError('full', 'feeds: all 1 are in use');
        };
        const answers = Array.from({ length: 20 }, () => post(kit, receive(full), paid('A')));

        expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 503));
        expect(answers.map(({ error }) => error)).to.deep.equal(answers.map(() => undefined));
        const waits = answers.map(({ headers }) => Number(headers['retry-after']));
        expect(Math.min(...waits)).to.be.within(5, 10);
        expect(Math.max(...waits)).to.be.within(5, 10);
        expect(new Set(waits).size).to.be.above(1);
      }),
    );
  });

  describe('over a log that fails', () => {
    const full = new Error('secret: disk full');

    it(
      'calls next with the error',
      marbles((kit) => {
        const answer = post(kit, receive(feed(Orders, { log: failing(full) })), paid('A'));
        expect(answer.error).to.equal(full);
      }),
    );

    it(
      'calls next with an error that the log emits later',
      marbles((kit) => {
        const answer = post(kit, receive(feed(Orders, { log: withLatency(failing(full), 20) })), paid('A'));
        expect(answer.error).to.equal(full);
        expect(answer.endedAt).to.equal(20);
      }),
    );

    it(
      'answers 500 and nothing of the error, without next',
      marbles((kit) => {
        const reported = kit.reportedErrors();
        const answer = post(kit, receive(feed(Orders, { log: failing(full) })), paid('A'), { next: false });
        expect(answer.problem).to.deep.equal({ type: 'about:blank', status: 500 });
        expect(reported).to.deep.equal([{ where: 'receive POST /', error: full }]);
      }),
    );

    it(
      'answers 409 after the feed has ended, and calls next after it is closed',
      marbles((kit) => {
        const { orders, handler } = shop();
        orders.end();
        const { status, error } = post(kit, handler, paid('A'));
        expect([status, error]).to.deep.equal([409, undefined]);
        orders.close();
        expect(post(kit, handler, paid('A')).error).to.have.property('_tag', 'ClosedError');
      }),
    );
  });
});
