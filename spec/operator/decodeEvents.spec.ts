import { expect } from 'chai';
import * as t from 'io-ts';
import { of } from 'rxjs';
import { DateFromISOString, type DecodeError, Entry, event, events, type Gap } from '../../lib/index.ts';
import { decodeEvents } from '../../lib/operator/decodeEvents.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, message } from '../../lib/wire/index.ts';
import { gap, gapAt, type Order, Orders, paid, positionAt, shipped } from './sample.ts';

/** Returns the events that one value is decoded to, and the reported issues. */
function decoded(value: unknown, contract: Parameters<typeof decodeEvents>[0] = Orders) {
  const passed: unknown[] = [];
  const issues: (readonly string[])[] = [];
  of(value)
    .pipe(decodeEvents(contract, { onInvalid: (error) => issues.push(error.issues) }))
    .subscribe((made) => passed.push(made));
  return { passed, issues: issues.flat() };
}

const raw = { type: 'order_paid', data: { order: 'A', total: 5 } };

describe('decodeEvents', () => {
  it(
    'drops an event that is not of the contract, and reports it by path',
    marbles(({ hot, flush, expectObservable, expectSubscriptions }) => {
      const source = hot('   -a-x-b--|', { a: raw, x: { type: 'order_paid', data: { order: 7 } }, b: shipped });
      const subs = '         ^-------!';
      const expected = '     -a---b--|';
      const reports: DecodeError[] = [];

      expectObservable(source.pipe(decodeEvents(Orders, { onInvalid: (error) => reports.push(error) }))).toBe(
        expected,
        {
          a: paid,
          b: shipped,
        },
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(reports.map(({ issues }) => issues)).to.deep.equal([
        ['order_paid.data.order: expected string, got number', 'order_paid.data.total: expected number, got undefined'],
      ]);
      expect(reports[0]?.actual).to.deep.equal({ type: 'order_paid', data: { order: 7 } });
    }),
  );

  it(
    "errors for an invalid event with onInvalid: 'fail'",
    marbles(({ hot, flush }) => {
      const errors: unknown[] = [];
      hot('-a-x-a', { a: raw, x: {} })
        .pipe(decodeEvents(Orders, { onInvalid: 'fail' }))
        .subscribe({ error: (error) => errors.push(error) });
      flush();
      expect(errors).to.have.length(1);
      expect(errors[0]).to.have.property('_tag', 'DecodeError');
    }),
  );

  const Dated = events({ Seen: { at: DateFromISOString } });
  const at = new Date('2026-01-02T03:04:05.000Z');
  const good: Readonly<Record<string, [unknown, unknown, Parameters<typeof decodeEvents>[0]?]>> = {
    'an object': [raw, paid],
    'its JSON text': [JSON.stringify(raw), paid],
    'a message of the wire': [message({ event: 'order_paid', data: raw.data }), paid],
    'a message under the default name': [
      message({ data: 5 }),
      { type: 'message', data: 5 },
      events({ Said: event('message', t.number) }),
    ],
    'what a codec decodes': [{ type: 'seen', data: { at: at.toJSON() } }, Dated.Seen({ at }), Dated],
  };
  for (const [what, [value, expected, contract]] of Object.entries(good)) {
    it(`decodes ${what}`, () => {
      expect(decoded(value, contract)).to.deep.equal({ passed: [expected], issues: [] });
    });
  }

  it('passes an event that a definition of the contract created', () => {
    const made = Dated.Seen({ at });
    expect(decoded(made, Dated).passed[0]).to.equal(made);
  });

  it('decodes an event that a definition of another contract created', () => {
    const Others = events({ OrderPaid: { order: t.string, total: t.string } });
    expect(decoded(Others.OrderPaid({ order: 'A', total: '5' })).issues).to.deep.equal([
      'order_paid.data.total: expected number, got string',
    ]);
  });

  it('removes fields that the contract does not have', () => {
    expect(decoded({ ...raw, data: { ...raw.data, secret: 1 } }).passed).to.deep.equal([paid]);
  });

  const bad: Readonly<Record<string, [unknown, string]>> = {
    'another name': [{ type: 'unknown', data: 1 }, 'type: expected one of order_paid, order_shipped, got another name'],
    'no name': [{ data: 1 }, 'type: expected one of order_paid, order_shipped, got undefined'],
    'other text': ['{', 'event: expected JSON, got other text'],
    'other JSON': ['[1]', 'event: expected { type, data }, got array'],
    'no object': [7, 'event: expected { type, data }, got number'],
    nothing: [undefined, 'event: expected { type, data }, got undefined'],
    'a comment': [comment('hi'), 'type: expected one of order_paid, order_shipped, got undefined'],
    'a message of other text': [message({ event: 'order_paid', text: 'hi' } as never), 'data: expected JSON'],
    'a gap that a client sends': [gap, 'type: expected one of order_paid, order_shipped, got another name'],
  };
  for (const [what, [value, issue]] of Object.entries(bad)) {
    it(`reports ${what}`, () => {
      const { passed, issues } = decoded(value);
      expect(passed).to.deep.equal([]);
      expect(issues).to.have.length(1);
      expect(issues[0]).to.contain(issue);
    });
  }

  it('errors with an error that is not a DecodeError', () => {
    const mean = {
      get type() {
        throw new Error('a getter');
      },
    };
    const errors: unknown[] = [];
    of(mean)
      .pipe(decodeEvents(Orders, { onInvalid: () => {} }))
      .subscribe({ error: (error) => errors.push(error) });
    expect(errors).to.deep.equal([new Error('a getter')]);
  });

  it(
    'decodes inside entries, and leaves the position of an invalid event',
    marbles(({ hot, expectObservable }) => {
      const rawAt = (sequence: number, event: unknown) =>
        new Entry<Order | Gap>('e', sequence, event as Order, undefined);
      const source = hot<Entry<Order | Gap>>('-axgo-|', {
        a: rawAt(1, raw),
        x: rawAt(2, 5),
        g: gapAt(3),
        o: positionAt(3),
      });
      const expected = '                      -apgo-|';
      const values = { a: new Entry('e', 1, paid, undefined), p: positionAt(2), g: gapAt(3), o: positionAt(3) };
      expectObservable(source.pipe(decodeEvents(Orders, { onInvalid: () => {} }))).toBe(expected, values);
    }),
  );
});
