import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import { map, of } from 'rxjs';
import { DecodeError, decodeEvents, feed, sse } from 'rxsse';
import { marbles } from 'rxsse/testing';
import { libraries } from './libraries.ts';

/** Returns what a function throws; `undefined` where it does not. */
function thrownBy(call: () => unknown): Error | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

for (const [name, Orders] of Object.entries(libraries)) {
  const { OrderPaid } = Orders;

  describe(`an event with a schema of ${name}`, () => {
    it('is created with the data as it is', () => {
      const data = { order: 'A-17', total: 5 };
      expect(OrderPaid(data)).to.deep.equal({ type: 'order_paid', data });
      expect(OrderPaid(data).data).to.equal(data);
      expect([
        OrderPaid.is(OrderPaid(data)),
        OrderPaid.is({ type: 'order_paid', data: { order: 1, total: 5 } }),
      ]).to.deep.equal([true, false]);
    });

    it('is not created with other data: the error names the path and what was expected, and not the value', () => {
      const message = (data: object): string | undefined => thrownBy(() => OrderPaid(data as never))?.message;
      expect(message({ order: 'A', total: 'secret12' })).to.match(
        /^order_paid\.data\.total: expected (a )?number, got string$/i,
      );
      expect(message({ order: 'A', total: 2 })).to.match(/^order_paid\.data\.total: expected .*5, got number$/);
      expect(message({ total: 5 })).to.match(/^order_paid\.data\.order: expected .+, got undefined$/);
      expect(thrownBy(() => OrderPaid('nothing' as never))).to.be.instanceOf(TypeError);
    });

    it('is sent without the fields that the schema does not name, and the object of the program keeps them', () => {
      const data = { order: 'A', total: 5, secret: 'x' };
      const { payload } = OrderPaid;
      expect(payload.encode(data)).to.deep.equal({ order: 'A', total: 5 });
      expect(data).to.deep.equal({ order: 'A', total: 5, secret: 'x' });
    });

    it('is decoded without other fields, and rejected by path', () => {
      const decoded = OrderPaid.codec.decode({ type: 'order_paid', data: { order: 'A', total: 5, secret: 'x' } });
      expect(isRight(decoded) && decoded.right).to.deep.equal({ type: 'order_paid', data: { order: 'A', total: 5 } });
      const issues: (readonly string[])[] = [];
      of(
        '{"type":"order_paid","data":{"order":"A","total":"secret12"}}',
        '{"type":"order_paid","data":{"order":"B","total":9}}',
      )
        .pipe(
          decodeEvents(Orders, { onInvalid: (error) => issues.push(error.issues) }),
          map(({ data }) => data.order),
        )
        .subscribe((order) => expect(order).to.equal('B'));
      expect(issues).to.have.length(1);
      expect(issues[0]?.[0]).to.match(/^order_paid\.data\.total: expected (a )?number, got string$/i);
    });

    it(
      'is checked as a plain event of a feed, and sent from its log',
      marbles(({ reader, flush }) => {
        const orders = feed(Orders, { onError: () => {} });
        const errors: unknown[] = [];
        orders
          .publish({ type: 'order_paid', data: { order: 'A', total: 1 } })
          .subscribe({ error: (e) => errors.push(e) });
        orders.publish({ type: 'order_paid', data: { order: 'B', total: 5, secret: 'x' } as never }).subscribe();
        const received = reader(sse({ resume: { from: 'oldest' } }, orders), { socket: '5ms X' });
        flush();
        expect(errors.map((error) => error instanceof DecodeError)).to.deep.equal([true]);
        expect(received.text).to.include('data: {"order":"B","total":5}\n');
      }),
    );
  });
}
