import { expect } from 'chai';
import { finalize, NEVER } from 'rxjs';
import { receive } from '../../lib/adapter/node/receive.ts';
import { type EventLog, feed, memoryLog } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { linesOf, Orders, paid, post, remembered, shop } from './posting.ts';

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
    'stores no field that the contract does not have',
    marbles((kit) => {
      const { handler, remembered } = shop();
      post(kit, handler, { ...paid('A'), id: 'x', data: { ...paid('A').data, role: 'admin' } });

      expect(remembered()).to.equal(`id: 1.E.1\nevent: order_paid\ndata: ${stored}\n\n`);
    }),
  );

  it(
    'appends all events of an array together, and answers with the last cursor',
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
    'answers when the log has stored the event, and not before',
    marbles((kit) => {
      const orders = feed(Orders, { log: withLatency(memoryLog(), 20) });
      const answer = post(kit, receive(orders), paid('A'));

      expect(answer.status).to.equal(202);
      expect(answer.endedAt).to.equal(20);
    }),
  );

  it(
    'unsubscribes for a client that disconnects meanwhile, and stores a complete body',
    marbles((kit) => {
      const log = memoryLog();
      const orders = feed(Orders, { log: withLatency(log, 20) });
      const answer = post(kit, receive(orders), paid('A'), { socket: '5ms X' });

      expect(answer.status).to.equal(undefined);
      expect(answer.listeners).to.equal(0);
      expect(remembered(log)).to.include(stored);
    }),
  );

  it(
    'unsubscribes from a log that never answers when its client disconnects',
    marbles((kit) => {
      let left = 0;
      const log: EventLog = { ...memoryLog(), append: () => NEVER.pipe(finalize(() => left++)) };
      const answer = post(kit, receive(feed(Orders, { log })), paid('A'), { socket: '5ms X' });

      expect(left).to.equal(1);
      expect(answer.listeners).to.equal(0);
    }),
  );

  it(
    'removes its listeners',
    marbles((kit) => {
      const { handler } = shop();
      const answers = [paid('A'), paid(5), [], 'text'].map((body) => post(kit, handler, body));
      expect(answers.map(({ listeners }) => listeners)).to.deep.equal([0, 0, 0, 0]);
    }),
  );

  it('refuses a value that is not a feed, and options out of range, when it is created', () => {
    const { orders } = shop();
    expect(() => receive({} as never)).to.throw(TypeError, 'receive: expected a feed, or a function that returns one');
    expect(() => receive(undefined as never)).to.throw(TypeError, 'receive: expected a feed');
    expect(() => receive(Orders as never)).to.throw(
      TypeError,
      /^receive: got the events of a contract.*receive\(feed\(Orders\)\)/,
    );
    for (const wrong of [0, -1, Number.NaN]) {
      expect(() => receive(orders, { maxBodyBytes: wrong })).to.throw(RangeError, /maxBodyBytes must be at least 1/);
      expect(() => receive(orders, { maxBatch: wrong })).to.throw(RangeError, /maxBatch must be at least 1/);
    }
  });

  describe('with an Idempotency-Key', () => {
    const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

    it(
      'appends once, and repeats the first response',
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
      'does not remember the key of a request that it rejected',
      marbles((kit) => {
        const { handler, remembered } = shop();
        expect(post(kit, handler, paid(5), keyed('k')).status).to.equal(422);
        expect(post(kit, handler, paid('A'), keyed('k')).status).to.equal(202);
        expect(remembered()).to.include(stored);
      }),
    );

    it(
      'accepts a key of 255 characters',
      marbles((kit) => {
        expect(post(kit, shop().handler, paid('A'), keyed('k'.repeat(255))).status).to.equal(202);
      }),
    );

    for (const key of ['', ' ', 'a b', 'a, b', 'ä', 'a\u007f', 'a\tb', 'k'.repeat(256)]) {
      it(
        `rejects the key ${JSON.stringify(key).slice(0, 20)}`,
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
});
