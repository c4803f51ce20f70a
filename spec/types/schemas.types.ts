import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import { Schema } from 'effect';
import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import { of } from 'rxjs';
import { type Contract, type EventDefinition, type EventOf, event, events, feed, sse, withDefault } from 'rxsse';
import { fromSse } from 'rxsse/client';
import * as v from 'valibot';
import { z } from 'zod';
import type { StandardSchema } from '../../lib/codec/standard/StandardSchema.ts';

const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (iso) => new Date(iso),
  encode: (date) => date.toISOString(),
});

// The constructor takes the data as the program has it, and the codec knows what is sent.
const Opened = event('opened', z.object({ at: isoDate, by: z.string().optional() }));
type Opened = { at: Date; by?: string | undefined };
expectTypeOf(Opened).toEqualTypeOf<
  EventDefinition<'opened', Opened, [data: Opened], { at: string; by?: string | undefined }>
>();
expectTypeOf<EventOf<typeof Opened>>().toEqualTypeOf<{ readonly type: 'opened'; readonly data: Opened }>();

const Parsed = event('parsed', v.object({ n: v.pipe(v.string(), v.transform(Number)) }));
expectTypeOf(Parsed).parameters.toEqualTypeOf<[data: { n: number }]>();
expectTypeOf<t.OutputOf<typeof Parsed.payload>>().toEqualTypeOf<{ n: string }>();

const Typed = event('typed', type({ order: 'string', 'total?': 'number' }));
expectTypeOf<EventOf<typeof Typed>['data']>().toEqualTypeOf<{ order: string; total?: number }>();

const Effected = event('effected', Schema.toStandardSchemaV1(Schema.Struct({ n: Schema.NumberFromString })));
expectTypeOf<EventOf<typeof Effected>['data']>().toEqualTypeOf<{ readonly n: number }>();
expectTypeOf<t.OutputOf<typeof Effected.payload>>().toEqualTypeOf<{ readonly n: string }>();

// The library's own types are those of the specification.
expectTypeOf<StandardSchemaV1<string, number>>().toExtend<StandardSchema<string, number>>();
declare const own: StandardSchemaV1<string, number>;
const Own = event('own', own);
expectTypeOf<EventOf<typeof Own>['data']>().toEqualTypeOf<number>();

// A record of codecs and schemas.
const Mixed = event('mixed', { a: t.string, b: z.number(), at: isoDate, c: withDefault(v.string(), () => 'c') });
type Mixed = { a: string; b: number; at: Date; c: string };
expectTypeOf<EventOf<typeof Mixed>['data']>().toEqualTypeOf<Mixed>();
expectTypeOf<t.OutputOf<typeof Mixed.payload>>().toEqualTypeOf<{ a: string; b: number; at: string; c: string }>();
expectTypeOf(Mixed).parameters.toEqualTypeOf<[data: { a: string; b: number; at: Date; c?: string | undefined }]>();

Opened({ at: new Date() });
// @ts-expect-error the text of a date is not a date
Opened({ at: '2026-05-01T12:00:00Z' });
// @ts-expect-error a field that the schema does not name
Opened({ at: new Date(), secret: 'x' });
// @ts-expect-error the value before it is transformed
Parsed({ n: '5' });
// @ts-expect-error no data at all
Typed();
// @ts-expect-error a schema needs data
Mixed({ a: 'x', b: 'y', at: new Date() });
// @ts-expect-error neither a codec nor a schema
event('x', { a: { b: z.string() } });
// @ts-expect-error a class is no schema
event('x', Date);
// @ts-expect-error the value of a default has the type of its schema
withDefault(z.number(), () => 'x');

// A contract: schemas that have a type of their own, as those of zod and valibot do, are named by their keys.
const Doors = events({
  Opened,
  DoorClosed: z.object({ at: isoDate }),
  'door.locked': v.object({ by: v.string() }),
  Typed: type('string'),
});
type Doors = EventOf<typeof Doors>;
expectTypeOf<Doors['type']>().toEqualTypeOf<'opened' | 'door_closed' | 'door.locked' | 'typed'>();
expectTypeOf<Extract<Doors, { type: 'door_closed' }>['data']>().toEqualTypeOf<{ at: Date }>();
expectTypeOf(Doors).toExtend<Contract>();
// @ts-expect-error two events of one name
events({ Opened, opened: z.object({}) });

const doors = feed(Doors);
doors.publish(Doors.DoorClosed({ at: new Date() }));
doors.publish({ type: 'door.locked', data: { by: 'me' } });
// @ts-expect-error data of another type
doors.publish({ type: 'door.locked', data: { by: 5 } });

// Both ends.
sse({ events: Doors }, of(Doors.Typed('x')));
// @ts-expect-error an event that the contract does not have
sse({ events: Doors }, of(Mixed({ a: 'x', b: 1, at: new Date() })));
fromSse('/doors', Doors).subscribe((e) => {
  if (e.type === 'opened') expectTypeOf(e.data).toEqualTypeOf<Opened>();
});

// The inputs of a route.
sse(
  {
    query: { page: z.coerce.number<string>() },
    params: z.object({ room: z.string() }),
    body: v.object({ at: v.date() }),
  },
  ({ query, params, body }) => {
    expectTypeOf(query).toEqualTypeOf<{ page: number }>();
    expectTypeOf(params).toEqualTypeOf<{ room: string }>();
    expectTypeOf(body).toEqualTypeOf<{ at: Date }>();
    return of(1);
  },
);
// @ts-expect-error a record in a record
sse({ query: { page: { size: z.string() } } }, of(1));

// Definitions and contracts are Standard Schemas with a JSON Schema.
expectTypeOf(Opened).toExtend<StandardSchemaV1 & StandardJSONSchemaV1>();
expectTypeOf(Doors).toExtend<StandardSchemaV1 & StandardJSONSchemaV1>();
expectTypeOf<StandardSchemaV1.InferOutput<typeof Opened>>().toEqualTypeOf<EventOf<typeof Opened>>();
expectTypeOf<StandardSchemaV1.InferInput<typeof Opened>['data']>().toEqualTypeOf<{
  at: string;
  by?: string | undefined;
}>();
expectTypeOf<StandardSchemaV1.InferOutput<typeof Doors>>().toEqualTypeOf<Doors>();
expectTypeOf<StandardSchemaV1.InferInput<typeof Doors>['type']>().toEqualTypeOf<Doors['type']>();
expectTypeOf<Extract<StandardSchemaV1.InferInput<typeof Doors>, { type: 'door_closed' }>['data']>().toEqualTypeOf<{
  at: string;
}>();
const result = Doors['~standard'].validate(null);
if (result.issues === undefined) expectTypeOf(result.value).toEqualTypeOf<Doors>();
