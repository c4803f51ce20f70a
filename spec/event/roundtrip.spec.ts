import { expect } from 'chai';
import * as fc from 'fast-check';
import * as t from 'io-ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import { IntFromString } from '../../lib/codec/fromString.ts';
import { CheckedEvent } from '../../lib/event/encodeEvent.ts';
import { event } from '../../lib/event/event.ts';

/** A codec, its values, and the same values with fields that the codec does not name. */
interface Sample {
  readonly codec: t.Mixed;
  readonly value: fc.Arbitrary<unknown>;
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n));
const date = fc.date({
  min: new Date('0000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T00:00:00Z'),
  noInvalidDate: true,
});

const leaf = fc.constantFrom<Sample>(
  { codec: t.string, value: fc.string() },
  { codec: t.number, value: number },
  { codec: t.boolean, value: fc.boolean() },
  { codec: t.null, value: fc.constant(null) },
  { codec: t.literal('a'), value: fc.constant('a') },
  { codec: t.keyof({ x: null, y: null }), value: fc.constantFrom('x', 'y') },
  { codec: DateFromISOString, value: date },
  { codec: IntFromString, value: fc.maxSafeInteger() },
);

const key = fc.constantFrom('a', 'b', 'c', '0', 'with space');

/** Random codecs, each with random values of it. */
const { sample } = fc.letrec<{ sample: Sample }>((tie) => {
  const inner = tie('sample');
  const props = fc.dictionary(key, inner, { maxKeys: 4, noNullPrototype: true });
  const codecs = (of: Record<string, Sample>): t.Props =>
    Object.fromEntries(Object.entries(of).map(([k, { codec }]) => [k, codec]));
  const values = (of: Record<string, Sample>): Record<string, fc.Arbitrary<unknown>> =>
    Object.fromEntries(Object.entries(of).map(([k, { value }]) => [k, value]));
  const record = props.map(
    (of): Sample => ({ codec: t.type(codecs(of)), value: fc.record(values(of), { noNullPrototype: true }) }),
  );
  const partial = props.map(
    (of): Sample => ({
      codec: t.partial(codecs(of)),
      value: fc.record(values(of), { requiredKeys: [], noNullPrototype: true }),
    }),
  );
  const array = inner.map(
    ({ codec, value }): Sample => ({ codec: t.array(codec), value: fc.array(value, { maxLength: 3 }) }),
  );
  const tuple = fc
    .tuple(inner, inner)
    .map(([a, b]): Sample => ({ codec: t.tuple([a.codec, b.codec]), value: fc.tuple(a.value, b.value) }));
  const dictionary = inner.map(
    ({ codec, value }): Sample => ({
      codec: t.record(t.string, codec),
      value: fc.dictionary(fc.string(), value, { maxKeys: 3, noNullPrototype: true }),
    }),
  );
  const tagged = fc.tuple(props, props).map(([a, b]): Sample => {
    const one = t.type({ ...codecs(a), kind: t.literal('one') });
    const two = t.strict({ ...codecs(b), kind: t.literal('two') });
    const both = [
      fc.record({ ...values(a), kind: fc.constant('one') }, { noNullPrototype: true }),
      fc.record({ ...values(b), kind: fc.constant('two') }, { noNullPrototype: true }),
    ];
    return { codec: t.union([one, two, t.null, t.number]), value: fc.oneof(...both, fc.constant(null), number) };
  });
  const crossed = fc.tuple(props, props).map(([a, b]): Sample => {
    const other = Object.fromEntries(Object.entries(b).map(([k, v]) => [`${k}2`, v]));
    return {
      codec: t.intersection([t.type(codecs(a)), t.partial(codecs(other))]),
      value: fc
        .tuple(
          fc.record(values(a), { noNullPrototype: true }),
          fc.record(values(other), { requiredKeys: [], noNullPrototype: true }),
        )
        .map(([x, y]) => ({ ...x, ...y })),
    };
  });
  return {
    sample: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      record,
      partial,
      array,
      tuple,
      dictionary,
      tagged,
      crossed,
    ),
  };
});

const typed = sample.chain(({ codec, value }) => value.map((data) => ({ codec, data })));

/** Returns a copy with one field too many in every object that is not a dictionary. */
function overgrown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(overgrown);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const fields = Object.entries(value).map(([k, v]) => [k, overgrown(v)]);
  return Object.fromEntries([...fields, ['password', 'hunter2']]);
}

describe('an event of any shape', () => {
  it('is decoded to an equal one from the JSON text that is sent', () => {
    fc.assert(
      fc.property(typed, ({ codec, data }) => {
        const definition = event('x', t.type({ data: codec }) as t.Mixed);
        const made = definition({ data });
        const wire: unknown = JSON.parse(new CheckedEvent(definition, made).data);
        expect(definition.codec.decode({ type: 'x', data: wire })).to.deep.equal({ _tag: 'Right', right: made });
      }),
      { numRuns: 150 },
    );
  });

  it('sends no field that its shape does not name, at any depth', () => {
    fc.assert(
      fc.property(typed, ({ codec, data }) => {
        fc.pre(!codec.name.includes('[K in'));
        const definition = event('x', { data: codec });
        const input = overgrown(data);
        const text = new CheckedEvent(definition, { data: { data: input, password: 'hunter2' } }).data;
        expect(text).not.to.contain('hunter2');
        expect(text).to.equal(new CheckedEvent(definition, { data: { data } }).data);
      }),
      { numRuns: 150 },
    );
  });
});
