import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import { BooleanFromString, IntFromString } from '../../lib/codec/fromString.ts';
import type { Json } from '../../lib/codec/Json.ts';
import { oneOrMany } from '../../lib/codec/oneOrMany.ts';
import type { DataOf } from '../../lib/codec/Shape.ts';
import { Int, NonEmptyString } from '../../lib/codec/scalars.ts';
import { withDefault } from '../../lib/codec/withDefault.ts';
import type { EventDefinition, TypedEvent } from '../../lib/event/EventDefinition.ts';
import { event } from '../../lib/event/event.ts';
import type { EventName } from '../../lib/event/eventName.ts';
import { type Contract, type EventOf, events } from '../../lib/event/events.ts';

const Echo = event('echo', { message: t.string, created_at: withDefault(DateFromISOString, () => new Date()) });
const Ping = event('ping');
const Tick = event('tick', t.number);

// One event.
type EchoEvent = { readonly type: 'echo'; readonly data: { message: string; created_at: Date } };
expectTypeOf<EventOf<typeof Echo>>().toEqualTypeOf<EchoEvent>();
expectTypeOf<EventOf<typeof Ping>>().toEqualTypeOf<{ readonly type: 'ping'; readonly data: null }>();
expectTypeOf<EventOf<typeof Tick>>().toEqualTypeOf<TypedEvent<'tick', number>>();
expectTypeOf(Echo({ message: 'hello' })).toEqualTypeOf<EchoEvent>();
expectTypeOf(Echo).parameters.toEqualTypeOf<[data: { message: string; created_at?: Date | undefined }]>();
expectTypeOf(Ping).parameters.toEqualTypeOf<[]>();
expectTypeOf(Tick).parameters.toEqualTypeOf<[data: number]>();
expectTypeOf(Echo.type).toEqualTypeOf<'echo'>();
expectTypeOf(Echo).toEqualTypeOf<
  EventDefinition<
    'echo',
    { message: string; created_at: Date },
    [data: { message: string; created_at?: Date | undefined }],
    { message: string; created_at: string }
  >
>();

// Both sides of its codec.
expectTypeOf<t.TypeOf<typeof Echo.codec>>().toEqualTypeOf<EchoEvent>();
expectTypeOf<t.OutputOf<typeof Echo.payload>>().toEqualTypeOf<{ message: string; created_at: string }>();
expectTypeOf<t.TypeOf<typeof Echo.payload>>().toEqualTypeOf<{ message: string; created_at: Date }>();
const value: unknown = null;
if (Echo.is(value)) expectTypeOf(value.data.created_at).toEqualTypeOf<Date>();

Echo({ message: 'hello', created_at: undefined });
// @ts-expect-error a misspelt field
Echo({ mesage: 'hello' });
// @ts-expect-error a field of another type
Echo({ message: 5 });
// @ts-expect-error a missing field
Echo({});
// @ts-expect-error no data at all
Echo();
// @ts-expect-error a field that the event does not have
Echo({ message: 'hello', password: 'secret' });
// @ts-expect-error data where there is none
Ping(null);
// @ts-expect-error the text of a date is not a date
Echo({ message: 'hello', created_at: '2026-05-01T12:00:00Z' });
// @ts-expect-error an event is readonly
Echo({ message: 'hello' }).type = 'echo';
// @ts-expect-error a default of another type
withDefault(t.string, () => 5);

// Names.
// @ts-expect-error a name of the library
event('rxsse.gap', { a: t.string });
// @ts-expect-error no name
event('');
// @ts-expect-error a record in a record is a t.type
event('nested', { a: { b: t.string } });
event('rxsse');
event('opened');
event('open');
event('error', { a: t.string });
event('echo' as string);

expectTypeOf<EventName<'Echo'>>().toEqualTypeOf<'echo'>();
expectTypeOf<EventName<'ReverseEcho'>>().toEqualTypeOf<'reverse_echo'>();
expectTypeOf<EventName<'reverseEcho'>>().toEqualTypeOf<'reverse_echo'>();
expectTypeOf<EventName<'HTTPError'>>().toEqualTypeOf<'http_error'>();
expectTypeOf<EventName<'MyHTTPError'>>().toEqualTypeOf<'my_http_error'>();
expectTypeOf<EventName<'HTTP'>>().toEqualTypeOf<'http'>();
expectTypeOf<EventName<'Level2Update'>>().toEqualTypeOf<'level2_update'>();
expectTypeOf<EventName<'Level2'>>().toEqualTypeOf<'level2'>();
expectTypeOf<EventName<'V2API'>>().toEqualTypeOf<'v2_api'>();
expectTypeOf<EventName<'ABTest'>>().toEqualTypeOf<'ab_test'>();
expectTypeOf<EventName<'aB'>>().toEqualTypeOf<'a_b'>();
expectTypeOf<EventName<'order.paid'>>().toEqualTypeOf<'order.paid'>();
expectTypeOf<EventName<'Order.Paid'>>().toEqualTypeOf<'Order.Paid'>();
expectTypeOf<EventName<'X-Ray'>>().toEqualTypeOf<'X-Ray'>();
expectTypeOf<EventName<'Order Paid'>>().toEqualTypeOf<'Order Paid'>();
expectTypeOf<EventName<'2FA'>>().toEqualTypeOf<'2FA'>();
expectTypeOf<EventName<'$Rate'>>().toEqualTypeOf<'$rate'>();
expectTypeOf<EventName<'Größe.Neu'>>().toEqualTypeOf<'Größe.Neu'>();
expectTypeOf<EventName<'Paid😀'>>().toEqualTypeOf<'Paid😀'>();
expectTypeOf<EventName<'already_snake'>>().toEqualTypeOf<'already_snake'>();
expectTypeOf<EventName<'Foo_Bar'>>().toEqualTypeOf<'foo_bar'>();
expectTypeOf<EventName<'kebab-case'>>().toEqualTypeOf<'kebab-case'>();
expectTypeOf<EventName<'ÜberÄnderung'>>().toEqualTypeOf<'über_änderung'>();
expectTypeOf<EventName<'X'>>().toEqualTypeOf<'x'>();
expectTypeOf<EventName<string>>().toEqualTypeOf<string>();

// A contract.
const Echoes = events({ Echo, ReverseEcho: { message: t.string }, HTTPError: t.number, Nothing: t.null });
type Echoes = EventOf<typeof Echoes>;
expectTypeOf<Echoes>().toEqualTypeOf<
  | EchoEvent
  | TypedEvent<'reverse_echo', { message: string }>
  | TypedEvent<'http_error', number>
  | TypedEvent<'nothing', null>
>();
expectTypeOf(Echoes.Echo).toEqualTypeOf(Echo);
expectTypeOf(Echoes.ReverseEcho({ message: 'olleh' })).toEqualTypeOf<TypedEvent<'reverse_echo', { message: string }>>();
expectTypeOf(Echoes).toExtend<Contract>();
expectTypeOf<EventOf<Contract>>().toEqualTypeOf<TypedEvent>();

export function narrowed(any: Echoes): string | number | null {
  switch (any.type) {
    case 'echo':
      return any.data.created_at.toISOString();
    case 'reverse_echo':
      // @ts-expect-error only echo has this field
      return any.data.created_at;
    case 'http_error':
      return any.data;
    case 'nothing':
      return any.data;
    // @ts-expect-error no such event
    case 'reverse_ech':
      return null;
  }
}

// @ts-expect-error a misspelt member
Echoes.ReversEcho({ message: 'olleh' });
// @ts-expect-error a misspelt field
Echoes.ReverseEcho({ mesage: 'olleh' });
// @ts-expect-error a misspelt name
export const misnamed: Echoes = { type: 'reverse_ech', data: { message: 'olleh' } };
// @ts-expect-error the data of another event
export const swapped: Echoes = { type: 'http_error', data: { message: 'olleh' } };
// @ts-expect-error a contract is created by events
export const homemade: Contract = { Echo };

events({ Open: { a: t.string }, error: t.null });
// @ts-expect-error a key whose name is a name of the library
events({ 'rxsse.end': t.null });
events({
  // @ts-expect-error two events of one name: a definition
  Echo,
  // @ts-expect-error and a shape
  echo: t.null,
});
events({
  // @ts-expect-error two keys of one name
  FooBar: t.null,
  // @ts-expect-error and the other
  fooBar: t.null,
});
// @ts-expect-error neither a definition nor a shape
events({ Echo: 5 });
// @ts-expect-error a record in a record is a t.type
events({ Nested: { a: { b: t.string } } });

// Codecs.
expectTypeOf<t.TypeOf<typeof Int>>().toEqualTypeOf<number>();
expectTypeOf<t.TypeOf<typeof NonEmptyString>>().toEqualTypeOf<string>();
expectTypeOf<t.TypeOf<typeof Json>>().toEqualTypeOf<Json>();
expectTypeOf<t.OutputOf<typeof DateFromISOString>>().toEqualTypeOf<string>();
const query = {
  page: withDefault(IntFromString, () => 1),
  drafts: BooleanFromString,
  tag: oneOrMany(NonEmptyString),
  note: t.union([t.string, t.undefined]),
};
expectTypeOf<DataOf<typeof query>>().toEqualTypeOf<{
  page: number;
  drafts: boolean;
  tag: readonly string[];
  note: string | undefined;
}>();

// A contract of medium size, whose union narrows.
const item = { id: t.string, at: withDefault(DateFromISOString, () => new Date()), tags: t.array(t.string) };
const Shop = events({
  CartOpened: item,
  CartClosed: item,
  ItemAdded: { ...item, price: t.number },
  ItemRemoved: { ...item, reason: t.union([t.literal('gone'), t.null]) },
  OrderPlaced: { ...item, total: t.number },
  OrderPaid: { ...item, total: t.number, method: t.keyof({ card: null, cash: null }) },
  OrderPacked: item,
  OrderShipped: { ...item, to: t.type({ city: t.string }) },
  OrderDelivered: item,
  OrderReturned: { ...item, parts: t.array(t.type({ id: t.string })) },
  RefundAsked: item,
  RefundGiven: { ...item, total: t.number },
  UserSignedIn: { user: t.string },
  UserSignedOut: { user: t.string },
  HTTPFailed: { status: Int },
  Heartbeat: t.null,
});
expectTypeOf<Extract<EventOf<typeof Shop>, { type: 'order_shipped' }>['data']>().toEqualTypeOf<{
  id: string;
  at: Date;
  tags: string[];
  to: { city: string };
}>();
expectTypeOf<Extract<EventOf<typeof Shop>, { type: 'http_failed' }>['data']>().toEqualTypeOf<{ status: number }>();
expectTypeOf<EventOf<typeof Shop>['type']>().toExtend<string>();
