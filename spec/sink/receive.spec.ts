import { expect } from 'chai';
import { finalize, NEVER, throwError } from 'rxjs';
import { type AnyFeed, CapacityError, type EventLog, feed, feeds, memoryLog } from '../../lib/index.ts';
import type { ReceiveRequest } from '../../lib/sink/readBody.ts';
import { receive } from '../../lib/sink/receive.ts';
import { delayed } from '../../lib/testing/delayed.ts';
import type { FakeResponse } from '../../lib/testing/FakeResponse.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import type { Reader } from '../../lib/testing/Reader.ts';
import { linesOf, Orders, paid, post, remembered, shop } from './posting.ts';

/** A log whose storage is gone. */
const failing = (error: unknown): EventLog => ({ ...memoryLog(), append: () => throwError(() => error) });

const stored = '{"order":"A","total":5,"paid_at":"1970-01-01T00:00:00.000Z"}';

describe('receive', () => {
  it(
    'appends an event, fills its defaults, and answers with its cursor',
    marbles((kit) => {
      const { handler, remembered } = shop();
      const answer = post(kit, handler, paid('A'));

      expect(answer.status).to.equal(202);
      expect(answer.headers).to.include({ 'content-type': 'application/json' });
      expect(answer.text).to.match(/^\{"cursor":"1\.[\w-]{16}\.1"\}$/);
      expect(remembered()).to.equal(`id: 1.E.1\nevent: order_paid\ndata: ${stored}\n\n`);
    }),
  );

  it(
    'keeps no field that the contract does not name',
    marbles((kit) => {
      const { handler, remembered } = shop();
      post(kit, handler, { ...paid('A'), id: 'x', data: { ...paid('A').data, role: 'admin' } });

      expect(remembered()).to.equal(`id: 1.E.1\nevent: order_paid\ndata: ${stored}\n\n`);
    }),
  );

  it(
    'appends an array whole, and answers with the cursor of the last',
    marbles((kit) => {
      const { handler, remembered } = shop();
      const many = post(kit, handler, [paid('A'), { type: 'closed', data: null }, paid('B')]);
      const one = post(kit, handler, [paid('C')]);

      expect([many.text, one.text].map((text) => /\.(\d+)"\}$/.exec(text)?.[1])).to.deep.equal(['3', '4']);
      const names = ['order_paid', 'closed', 'order_paid', 'order_paid'].map((name) => `event: ${name}`);
      expect(remembered().match(/^event: .*$/gm)).to.deep.equal(names);
    }),
  );

  it(
    'answers once the log has it, and not before',
    marbles((kit) => {
      const orders = feed(Orders, { log: delayed(memoryLog(), 20) });
      const answer = post(kit, receive(orders), paid('A'));

      expect(answer.status).to.equal(202);
      expect(answer.ended).to.equal(20);
    }),
  );

  it(
    'lets go of a client that goes meanwhile; what was sent whole was sent',
    marbles((kit) => {
      const log = memoryLog();
      const orders = feed(Orders, { log: delayed(log, 20) });
      const answer = post(kit, receive(orders), paid('A'), { socket: '5ms X' });

      expect(answer.status).to.equal(undefined);
      expect(answer.listeners).to.equal(0);
      expect(remembered(log)).to.include(stored);
    }),
  );

  it(
    'leaves a log that never answers when its client goes',
    marbles((kit) => {
      let left = 0;
      const log: EventLog = { ...memoryLog(), append: () => NEVER.pipe(finalize(() => left++)) };
      const answer = post(kit, receive(feed(Orders, { log })), paid('A'), { socket: '5ms X' });

      expect(left).to.equal(1);
      expect(answer.listeners).to.equal(0);
    }),
  );

  it(
    'takes its listeners back',
    marbles((kit) => {
      const { handler } = shop();
      const answers = [paid('A'), paid(5), [], 'text'].map((body) => post(kit, handler, body));
      expect(answers.map(({ listeners }) => listeners)).to.deep.equal([0, 0, 0, 0]);
    }),
  );

  it('refuses at once what is no feed, and options out of range', () => {
    const { orders } = shop();
    expect(() => receive({} as never)).to.throw(TypeError, 'receive: expected a feed, or a function that gives one');
    expect(() => receive(undefined as never)).to.throw(TypeError, 'receive: expected a feed');
    for (const wrong of [0, -1, Number.NaN]) {
      expect(() => receive(orders, { limit: wrong })).to.throw(RangeError, /limit must be at least 1 byte, got/);
      expect(() => receive(orders, { max: wrong })).to.throw(RangeError, /max must be at least 1 event, got/);
    }
  });

  describe('with an Idempotency-Key', () => {
    const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

    it(
      'appends once, and answers the same again',
      marbles((kit) => {
        const { handler, remembered } = shop();
        const first = post(kit, handler, paid('A'), keyed('"k-1"'));
        post(kit, handler, paid('B'), keyed('"k-2"'));
        const again = post(kit, handler, paid('A'), keyed('"k-1"'));

        expect([first.status, again.status]).to.deep.equal([202, 202]);
        expect(again.text).to.equal(first.text);
        expect(remembered().match(/"order":"\w"/g)).to.deep.equal(['"order":"A"', '"order":"B"']);
      }),
    );

    it(
      'remembers none of a request that it refused',
      marbles((kit) => {
        const { handler, remembered } = shop();
        expect(post(kit, handler, paid(5), keyed('k')).status).to.equal(422);
        expect(post(kit, handler, paid('A'), keyed('k')).status).to.equal(202);
        expect(remembered()).to.include(stored);
      }),
    );

    it(
      'takes 255 characters',
      marbles((kit) => {
        expect(post(kit, shop().handler, paid('A'), keyed('k'.repeat(255))).status).to.equal(202);
      }),
    );

    for (const key of ['', ' ', 'a b', 'a, b', 'ä', 'a\u007f', 'a\tb', 'k'.repeat(256)]) {
      it(
        `refuses ${JSON.stringify(key).slice(0, 20)}`,
        marbles((kit) => {
          const { handler, remembered } = shop();
          const answer = post(kit, handler, paid('A'), keyed(key));

          expect(answer.status).to.equal(400);
          const line = 'headers.idempotency-key: expected 1 to 255 visible ASCII characters, got other text';
          expect(linesOf(answer)).to.deep.equal([line]);
          expect(remembered()).to.equal('');
        }),
      );
    }
  });

  describe('with a function', () => {
    const refused = Object.assign(new Error('secret'), { status: 403 });
    const refuse = () => {
      throw refused;
    };

    it(
      'appends to the feed that a request belongs to',
      marbles(({ reader, flush }) => {
        const logs = new Map<string, EventLog>();
        const rooms = feeds(
          Orders,
          (room) => {
            const log = memoryLog();
            logs.set(room, log);
            return { log };
          },
          { idle: Infinity },
        );
        const roomOf = (request: ReceiveRequest & { readonly params: { readonly room: string } }) =>
          rooms.at(request.params.room);
        for (const room of ['a', 'b']) reader(receive(roomOf), { method: 'POST', params: { room }, body: paid(room) });
        flush();

        expect([...logs.keys()]).to.deep.equal(['a', 'b']);
        for (const [room, log] of logs)
          expect(remembered(log).match(/"order":"\w"/g)).to.deep.equal([`"order":"${room}"`]);
      }),
    );

    it('waits for its promise, and appends nothing for a client that went', async () => {
      const { orders, remembered } = shop();
      let give: (feed: AnyFeed) => void = () => {};
      const given = new Promise<AnyFeed>((resolve) => {
        give = resolve;
      });
      const handler = receive(() => given);
      // Promises wait for no virtual time: this one is kept when the run is over and one of the two has gone.
      const run = marbles((kit) => {
        post(kit, handler, paid('A'));
        post(kit, handler, paid('B'), { socket: '5ms X' });
      });
      run();
      expect(remembered()).to.equal('');
      give(orders);
      await given;
      expect(remembered().match(/"order":"\w"/g)).to.deep.equal(['"order":"A"']);
    });

    it('gives next nothing for a client that went before its promise broke', async () => {
      let breakIt: (error: Error) => void = () => {};
      const given = new Promise<never>((_, reject) => {
        breakIt = reject;
      });
      let answer: Reader | undefined;
      const run = marbles((kit) => {
        answer = post(
          kit,
          receive(() => given),
          paid('A'),
          { socket: '5ms X' },
        );
      });
      run();
      breakIt(new Error('too late'));
      await given.catch(() => {});
      expect(answer?.left).to.equal(5);
      expect(answer?.error).to.equal(undefined);
    });

    it(
      'has let go of the response when it gives next what it throws',
      marbles((kit) => {
        const handler = receive(refuse);
        const heard: number[] = [];
        const watched: typeof handler = (request, response, next) =>
          handler(request, response, (error) => {
            heard.push((response as FakeResponse).listenerCount('close'));
            next?.(error);
          });
        post(kit, watched, paid('A'));
        expect(heard).to.deep.equal([0]);
      }),
    );

    it(
      'gives next what it throws',
      marbles((kit) => {
        const answer = post(kit, receive(refuse), paid('A'));
        expect(answer.error).to.equal(refused);
        expect(answer.listeners).to.equal(0);
      }),
    );

    it(
      'answers what it throws by its status and no word of it, where there is no next',
      marbles((kit) => {
        const answer = post(kit, receive(refuse), paid('A'), { next: false });
        expect(answer.problem).to.deep.equal({ type: 'about:blank', status: 403 });
      }),
    );

    it(
      'gives next a TypeError when what it gives is no feed',
      marbles((kit) => {
        const answer = post(kit, receive((() => Orders) as never), paid('A'));
        expect(String(answer.error)).to.equal('TypeError: receive: expected a feed, or a function that gives one');
      }),
    );

    it(
      'answers 503 for a family that is full, for a while that differs',
      marbles((kit) => {
        const full = () => {
          throw new CapacityError('feeds', 1);
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
      'gives next the error',
      marbles((kit) => {
        const answer = post(kit, receive(feed(Orders, { log: failing(full) })), paid('A'));
        expect(answer.error).to.equal(full);
      }),
    );

    it(
      'gives next the error of one that fails late',
      marbles((kit) => {
        const answer = post(kit, receive(feed(Orders, { log: delayed(failing(full), 20) })), paid('A'));
        expect(answer.error).to.equal(full);
        expect(answer.ended).to.equal(20);
      }),
    );

    it(
      'answers 500 and no word of it, where there is no next',
      marbles((kit) => {
        const answer = post(kit, receive(feed(Orders, { log: failing(full) })), paid('A'), { next: false });
        expect(answer.problem).to.deep.equal({ type: 'about:blank', status: 500 });
      }),
    );

    it(
      'gives next a ClosedError once the feed has ended',
      marbles((kit) => {
        const { orders, handler } = shop();
        orders.end();
        expect(post(kit, handler, paid('A')).error).to.have.property('_tag', 'ClosedError');
      }),
    );
  });
});
