import { type } from 'arktype';
import { expect } from 'chai';
import { Schema } from 'effect';
import * as t from 'io-ts';
import { event, type Shape } from 'rxsse';
import * as v from 'valibot';
import { z } from 'zod';

const effect = Schema.toStandardSchemaV1;

/** Schemas by what they do with a field that they do not name, as docs/schemas.md says. */
const rules: Readonly<Record<'removes' | 'sends' | 'refuses', Readonly<Record<string, Shape>>>> = {
  removes: {
    'a record of schemas': { a: z.string() },
    'a record of io-ts': { a: t.string },
    'z.object': z.object({ a: z.string() }),
    'v.object': v.object({ a: v.string() }),
    "type with '+': 'delete'": type({ '+': 'delete', a: 'string' }),
    'Schema.Struct': effect(Schema.Struct({ a: Schema.String })),
  },
  sends: {
    'z.looseObject': z.looseObject({ a: z.string() }),
    'z.object with catchall': z.object({ a: z.string() }).catchall(z.unknown()),
    'z.record': z.record(z.string(), z.unknown()),
    'z.any': z.any(),
    'z.custom': z.custom<object>(),
    'v.looseObject': v.looseObject({ a: v.string() }),
    'v.objectWithRest': v.objectWithRest({ a: v.string() }, v.unknown()),
    'v.record': v.record(v.string(), v.unknown()),
    'v.any': v.any(),
    type: type({ a: 'string' }),
    'Schema.Record': effect(Schema.Record(Schema.String, Schema.Unknown)),
    'Schema.Any': effect(Schema.Any),
  },
  refuses: {
    'z.strictObject': z.strictObject({ a: z.string() }),
    'v.strictObject': v.strictObject({ a: v.string() }),
    "type with '+': 'reject'": type({ '+': 'reject', a: 'string' }),
    'Schema.Struct with onExcessProperty': effect(Schema.Struct({ a: Schema.String }), {
      parseOptions: { onExcessProperty: 'error' },
    }),
  },
};

for (const [rule, schemas] of Object.entries(rules)) {
  for (const [name, schema] of Object.entries(schemas)) {
    it(`${name} ${rule} a field that it does not name`, () => {
      const { payload } = event('x', schema as typeof t.UnknownRecord);
      const data = { a: 'x', secret: 1 };
      if (rule === 'refuses') {
        expect(payload.is(data)).to.equal(false);
        expect(payload.decode(data)._tag).to.equal('Left');
        return;
      }
      const expected = rule === 'sends' ? data : { a: 'x' };
      expect(payload.encode(data)).to.deep.equal(expected);
      expect((payload.decode(data) as { readonly right?: unknown }).right).to.deep.equal(expected);
    });
  }
}
