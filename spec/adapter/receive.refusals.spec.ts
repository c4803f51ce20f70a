import { expect } from 'chai';
import * as t from 'io-ts';
import { receive } from '../../lib/adapter/node/receive.ts';
import { events, feed } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { linesOf, paid, post, problemOf, shop } from './posting.ts';

const otherName = 'expected one of order_paid, closed, got another name';

describe('receive refuses', () => {
  it(
    'data that does not match the contract, by path and without its value',
    marbles((kit) => {
      const { handler, remembered } = shop();
      const answer = post(kit, handler, { type: 'order_paid', data: { order: 5, total: 'secret' } });

      expect(answer.status).to.equal(422);
      expect(answer.headers).to.include({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
      expect(answer.problem).to.deep.equal({
        type: 'about:blank',
        status: 422,
        title: 'Unprocessable Content',
        detail: 'body.data.order: expected string, got number; body.data.total: expected number, got string',
        errors: [
          { path: 'body.data.order', expected: 'string', got: 'number' },
          { path: 'body.data.total', expected: 'number', got: 'string' },
        ],
      });
      expect(remembered()).to.equal('');
    }),
  );

  it(
    'an array with one invalid event, by index, and appends no event',
    marbles((kit) => {
      const { handler, remembered } = shop();
      const answer = post(kit, handler, [paid('A'), { type: 'paid', data: {} }, paid(null), 7]);

      expect(answer.status).to.equal(422);
      expect(linesOf(answer)).to.deep.equal([
        `body[1].type: ${otherName}`,
        'body[2].data.order: expected string, got null',
        'body[3]: expected an event { type, data }, got number',
      ]);
      expect(remembered()).to.equal('');
    }),
  );

  const bodies: Readonly<Record<string, readonly [unknown, string]>> = {
    'a name that no event has': [{ type: 'secret', data: {} }, `body.type: ${otherName}`],
    'a reserved name': [{ type: 'rxsse.end', data: null }, `body.type: ${otherName}`],
    'the key of an event': [
      { type: 'OrderPaid', data: { order: 'A', total: 5 } },
      `body.type: ${otherName}; did you mean order_paid?`,
    ],
    'a name that every object has': [{ type: 'constructor', data: null }, `body.type: ${otherName}`],
    'a name that is no text': [{ type: 7, data: {} }, 'body.type: expected one of order_paid, closed, got number'],
    'an event without a name': [{ data: {} }, 'body.type: expected one of order_paid, closed, got undefined'],
    'an event without data': [{ type: 'closed' }, 'body.data: expected null, got undefined'],
    text: ['secret', 'body: expected an event { type, data }, got string'],
    null: [null, 'body: expected an event { type, data }, got null'],
    'an array in an array': [[[]], 'body[0]: expected an event { type, data }, got array'],
    'an empty array': [[], 'body: expected an event, or an array of 1 to 3, got an empty one'],
    'an array that is too long': [
      Array.from({ length: 4 }, () => paid('A')),
      'body: expected an event, or an array of 1 to 3, got a longer one',
    ],
  };
  for (const [what, [body, line]] of Object.entries(bodies)) {
    it(
      what,
      marbles((kit) => {
        const { handler, remembered } = shop({ maxBatch: 3 });
        const answer = post(kit, handler, body);

        expect(answer.status).to.equal(422);
        expect(linesOf(answer)).to.deep.equal([line]);
        expect(answer.text).not.to.include('secret');
        expect(remembered()).to.equal('');
      }),
    );
  }

  it(
    'more than 1000 events by default',
    marbles((kit) => {
      const many = Array.from({ length: 1001 }, () => paid('A'));
      expect(post(kit, shop().handler, many).status).to.equal(422);
      expect(post(kit, shop().handler, many.slice(1)).status).to.equal(202);
      expect(post(kit, shop({ maxBatch: 1001 }).handler, many).status).to.equal(202);
    }),
  );

  it(
    'with a bounded response for any body',
    marbles((kit) => {
      const Lists = events({ Listed: { numbers: t.array(t.number) } });
      const handler = receive(feed(Lists));
      const deep = post(kit, handler, { type: 'listed', data: { numbers: Array.from({ length: 30_000 }, () => 'x') } });
      const wide = post(
        kit,
        handler,
        Array.from({ length: 1000 }, () => 0),
      );

      for (const answer of [deep, wide]) {
        expect(answer.status).to.equal(422);
        expect(problemOf(answer).errors).to.have.length(100);
        expect(problemOf(answer).detail).to.match(/; and \d+ more$/);
        expect(answer.text.length).to.be.below(16 * 1024);
      }
    }),
  );

  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'post']) {
    it(
      `${method}, and names the method it accepts`,
      marbles((kit) => {
        const { handler, remembered } = shop();
        const answer = post(kit, handler, paid('A'), { method });

        expect(answer.status).to.equal(405);
        expect(answer.headers).to.include({ allow: 'POST' });
        expect(remembered()).to.equal('');
      }),
    );
  }
});
