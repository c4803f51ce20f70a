import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import * as t from 'io-ts';
import { DateFromISOString, event, events, withDefault } from 'rxsse';
import { z } from 'zod';

interface Tree {
  readonly label: string;
  readonly next: Tree | null;
}
const Tree: t.Type<Tree> = t.recursion('Tree', () => t.type({ label: t.string, next: t.union([Tree, t.null]) }));

const Orders = events({
  OrderPaid: { order: t.string, lines: t.array(t.type({ price: t.number })) },
  Opened: { at: withDefault(DateFromISOString, () => new Date(0)) },
  Grown: { tree: Tree },
  Noted: z.object({ text: z.string(), tags: z.tuple([z.string(), z.number()]) }),
  Closed: event('closed'),
});
const paid = { type: 'order_paid', data: { order: 'A', lines: [{ price: 1 }] } };
const opened = { type: 'opened', data: { at: '2026-05-01T12:00:00.000Z' } };

describe('the standard properties of a definition', () => {
  const { version, vendor, validate } = Orders.OrderPaid['~standard'];

  it('name the version of the specification and the library', () => {
    expect([version, vendor]).to.deep.equal([1, 'rxsse']);
  });

  it('validate an event as its codec decodes it, without other fields', () => {
    const result = validate({ ...paid, id: 1, data: { ...paid.data, secret: 1 } });
    expect(result).to.deep.equal({ value: paid });
    expect(Orders.Opened['~standard'].validate(opened)).to.deep.equal({
      value: { type: 'opened', data: { at: new Date('2026-05-01T12:00:00.000Z') } },
    });
  });

  it('name the path of each issue, and not the value', () => {
    expect(
      validate({ type: 'order_paid', data: { order: 5, lines: [{ price: 1 }, { price: 'secret12' }] } }),
    ).to.deep.equal({
      issues: [
        { message: 'expected string, got number', path: ['data', 'order'] },
        { message: 'expected number, got string', path: ['data', 'lines', 1, 'price'] },
      ],
    });
    expect(validate('x')).to.deep.equal({ issues: [{ message: 'expected object, got string', path: [] }] });
  });

  it('are taken by another library', () => {
    const Wrapped = z.custom((value) => validate(value).issues === undefined);
    expect([Wrapped.safeParse(paid).success, Wrapped.safeParse({}).success]).to.deep.equal([true, false]);
    const Envelope = event('envelope', { inner: Orders.Opened, by: t.string });
    expect(Envelope.payload.decode({ inner: opened, by: 'me' })).to.have.nested.property('right.inner.data.at');
  });
});

describe('the standard properties of a contract', () => {
  const { validate } = Orders['~standard'];

  it('validate an event by its name', () => {
    expect(validate(paid)).to.deep.equal({ value: paid });
    expect(validate({ type: 'closed', data: null })).to.deep.equal({ value: { type: 'closed', data: null } });
    expect(validate({ type: 'closed', data: 1 })).to.deep.equal({
      issues: [{ message: 'expected null, got number', path: ['data'] }],
    });
  });

  it('reject another name, and a value that is not an event', () => {
    const expected = 'expected one of order_paid, opened, grown, noted, closed';
    expect(validate({ type: 'secret12', data: 1 })).to.deep.equal({
      issues: [{ message: `${expected}, got another name`, path: ['type'] }],
    });
    for (const value of [null, undefined, 5, 'x', []])
      expect(validate(value).issues?.[0]?.message).to.equal(`${expected}, got undefined`);
  });

  it('are no member of it', () => {
    expect(Object.keys(Orders)).to.deep.equal(['OrderPaid', 'Opened', 'Grown', 'Noted', 'Closed']);
  });
});

describe('the JSON Schema of a definition and of a contract', () => {
  const values = [
    paid,
    opened,
    { type: 'grown', data: { tree: { label: 'a', next: { label: 'b', next: null } } } },
    { type: 'noted', data: { text: 'x', tags: ['a', 1] } },
    { type: 'closed', data: null },
  ];
  const wrong = [
    { type: 'order_paid', data: { order: 5, lines: [] } },
    { type: 'opened', data: { at: 'yesterday' } },
    { type: 'grown', data: { tree: { label: 'a', next: { label: 1, next: null } } } },
    { type: 'noted', data: { text: 'x', tags: [1, 'a'] } },
    { type: 'closed' },
    { type: 'other', data: null },
  ];
  const judges = {
    'draft-2020-12': new Ajv2020({ strict: false }),
    'draft-07': new Ajv({ strict: false }),
  };

  for (const [target, ajv] of Object.entries(judges)) {
    addFormats.default(ajv);
    it(`accepts what validation accepts, in ${target}`, () => {
      const whole = Orders['~standard'].jsonSchema.input({ target });
      const judge = ajv.compile(whole);
      expect(values.map((value) => judge(value))).to.deep.equal(values.map(() => true));
      expect(wrong.map((value) => judge(value))).to.deep.equal(wrong.map(() => false));
      expect(whole)
        .to.have.property('$schema')
        .that.includes(target.replace(/^draft-/, '').replace('-12', ''));
      const one = ajv.compile(Orders.Grown['~standard'].jsonSchema.input({ target }));
      expect([one(values[2]), one(paid)]).to.deep.equal([true, false]);
    });
  }

  it('of the output is the same where the program has the same value, and throws where it has another', () => {
    const { input, output } = Orders.OrderPaid['~standard'].jsonSchema;
    const options = { target: 'draft-2020-12' };
    expect(output(options)).to.deep.equal(input(options));
    expect(() => Orders.Opened['~standard'].jsonSchema.output(options)).to.throw(
      TypeError,
      /^a DateFromISOString is no JSON in the program/,
    );
  });

  it('throws for a dialect that it does not write', () => {
    expect(() => Orders['~standard'].jsonSchema.input({ target: 'openapi-3.0' })).to.throw(
      TypeError,
      'jsonSchema: target must be one of draft-2020-12, draft-07, got openapi-3.0',
    );
  });
});
