import type { Issue } from '../codec/describeFailure.ts';
import type { Json } from '../codec/Json.ts';
import type { DataOf, EncodedOf, InputOf, Shape } from '../codec/Shape.ts';
import { isStandardSchema, type StandardResult } from '../codec/standard/StandardSchema.ts';
import { suggestion } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';
import type { CheckedName } from '../wire/reservedName.ts';
import { define } from './define.ts';
import type { AnyDefinition, EventDefinition, TypedEvent } from './EventDefinition.ts';
import { type EventName, eventName } from './eventName.ts';
import { type EventProps, standardProps, validateAs } from './standardProps.ts';

/** The members of a contract: definitions keep their names, and shapes are named by their keys. */
type Members = Readonly<Record<string, AnyDefinition | Shape>>;

/** Distinguishes a definition from a shape, which may have a `type` too; comparing the rest of each member is expensive. */
type NamedMember = { readonly type: string; readonly payload: unknown };

type MemberName<Key, M> = M extends NamedMember ? M['type'] : Key extends string ? EventName<Key> : never;

/** The keys by name; two keys under one name are a duplicate. */
type KeysByName<M> = { [Key in keyof M as MemberName<Key, M[Key]>]: Key };

/** `unknown` for a valid member, otherwise a sentence that the compiler shows. */
type CheckedMembers<M> =
  KeysByName<M> extends infer Keys extends Readonly<Record<string, unknown>>
    ? { [Key in keyof M]: CheckedMember<MemberName<Key, M[Key]>, Key, Keys> }
    : never;

type CheckedMember<Name extends string, Key, Keys extends Readonly<Record<string, unknown>>> =
  Name extends CheckedName<Name>
    ? [Keys[Name]] extends [Key]
      ? unknown
      : `two events of this contract are named ${Name}`
    : CheckedName<Name>;

type DefinitionsOf<M> = {
  readonly [Key in keyof M]: M[Key] extends NamedMember
    ? M[Key]
    : EventDefinition<MemberName<Key, M[Key]>, DataOf<M[Key]>, InputOf<M[Key]>, EncodedOf<M[Key]>>;
};

/** Inferred once more, so that an editor shows the definitions and not how they are computed. */
type ContractOf<M> = DefinitionsOf<M> extends infer D ? Contract<{ readonly [Key in keyof D]: D[Key] }> : never;

/** The key under which a contract holds its table: a symbol, so that members may have any key. */
const table: unique symbol = Symbol.for('rxsse.contract') as never;

/** Stands for definitions that are not known: no key is a string, since those of a contract are its own and `~standard`. */
type UnknownDefinitions = Readonly<Record<symbol, unknown>>;

/**
 * The events that one stream may carry, by key. Created by {@link events}.
 *
 * @category event
 */
export type Contract<D = UnknownDefinitions> = D & {
  readonly [table]: ReadonlyMap<string, AnyDefinition>;
  /** Makes the contract a Standard Schema of its events, with their JSON Schema, for other libraries. */
  readonly '~standard': EventProps<SentOf<D>, MemberEvent<D>>;
};

/** The union of the events of definitions; any event where these are not known. */
type MemberEvent<D> = symbol extends keyof D
  ? TypedEvent
  : { [Key in keyof D & string]: D[Key] extends (...data: never) => infer E ? E : never }[keyof D & string];

/** The union of the same events as they are sent. */
type SentOf<D> = symbol extends keyof D
  ? unknown
  : {
      [Key in keyof D & string]: D[Key] extends { readonly '~standard': EventProps<infer Input, unknown> }
        ? Input
        : never;
    }[keyof D & string];

/**
 * The event of a definition; for a contract the union of its events, which narrows on `type`.
 *
 * @example Handle each event of a contract
 * const Chat = events({ Joined: { name: t.string }, Said: { text: t.string } });
 * const show = (e: EventOf<typeof Chat>) => (e.type === 'said' ? e.data.text : `${e.data.name} is here`);
 *
 * @category event
 */
export type EventOf<C> = C extends (...data: never) => infer E
  ? E
  : C extends { readonly '~standard': EventProps<unknown, infer E> }
    ? E
    : never;

/**
 * Puts events into a contract: what one stream may carry.
 *
 * A definition keeps its name. A shape (a record of codecs, or one codec) is named by its key: an identifier in
 * snake_case, so that `OrderPaid` is `order_paid` and `HTTPError` is `http_error`; any other key, such as `'order.paid'`,
 * as it is. The members of the contract are the definitions, by key.
 *
 * @example Two events, one of them defined in place
 * const Echo = event('echo', { message: t.string });
 * const Echoes = events({ Echo, ReverseEcho: { message: t.string } });
 * const reversed = Echoes.ReverseEcho({ message: 'olleh' }); // { type: 'reverse_echo', data: { message: 'olleh' } }
 *
 * @throws TypeError at once, for two events of one name and for all that `event` refuses.
 * @category event
 */
export function events<M extends Members>(members: M & CheckedMembers<M>): ContractOf<M> {
  const definitions = new Map<string, AnyDefinition>();
  const contract: Record<string, AnyDefinition> = {};
  for (const [key, member] of Object.entries<AnyDefinition | Shape>(members)) {
    if (member === undefined || (typeof member === 'function' && !isDefinition(member) && !isStandardSchema(member))) {
      throw new TypeError(`events: ${key} must be a definition created by event(...), or the shape of one`);
    }
    const definition = isDefinition(member) ? member : define(eventName(key), member);
    if (definitions.has(definition.type)) {
      throw new TypeError(
        `events: ${key}: two events are named ${definition.type}; give one another name with event(...)`,
      );
    }
    definitions.set(definition.type, definition);
    Object.defineProperty(contract, key, { value: definition, enumerable: true });
  }
  const props = standardProps(
    [...definitions.values()].map(({ codec }) => codec),
    (value) => validateByName(contract as unknown as Contract, value),
  );
  Object.defineProperties(contract, { [table]: { value: definitions }, '~standard': { value: props } });
  return Object.freeze(contract) as unknown as ContractOf<M>;
}

/** Decodes an event by its name, with failures as a Standard Schema reports them. */
function validateByName(contract: Contract, value: unknown): StandardResult<unknown> {
  const { type } = (value ?? {}) as { readonly type?: unknown };
  const definition = findDefinition(contract, type);
  if (definition !== undefined) return validateAs(definition.codec, value);
  const { expected, got } = unknownTypeIssue(contract, type, 'type');
  return { issues: [{ message: `expected ${expected}, got ${got}`, path: ['type'] }] };
}

// A schema may be a function, too: arktype's are.
function isDefinition(member: AnyDefinition | Shape): member is AnyDefinition {
  return typeof member === 'function' && 'payload' in member && 'codec' in member;
}

/**
 * Returns a contract of one event with any JSON as its data, for a client that only decodes: it has no constructor and no
 * codecs, which are 12 kB of what a page loads for `events`.
 *
 * @internal
 */
export function contractOfJson<T extends string>(type: T): Contract<{ readonly event: EventDefinition<T, Json> }> {
  const payload = { decode: (right: unknown) => ({ _tag: 'Right', right }) };
  return { [table]: new Map([[type, { type, payload }]]) } as never;
}

/** Returns true for a contract. @internal */
export function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && table in value;
}

/** Returns the definition of a name in a contract; `undefined` for a name that it does not have. @internal */
export function findDefinition(contract: Contract, name: unknown): AnyDefinition | undefined {
  return contract[table].get(name as string);
}

/** Returns the definitions of a contract by name. @internal */
export function definitionsIn(contract: Contract): ReadonlyMap<string, AnyDefinition> {
  return contract[table];
}

/** Returns the names of a contract, in its order. @internal */
export function namesOf(contract: Contract): readonly string[] {
  return [...contract[table].keys()];
}

/** Describes a name that a contract does not have, without repeating it; a similar name of the contract is suggested. @internal */
export function unknownTypeIssue(contract: Contract, type: unknown, path: string): Issue {
  const names = namesOf(contract);
  const got = typeof type === 'string' ? `another name${suggestion(type, names)}` : kindOf(type);
  return { path, expected: `one of ${shorten(names.join(', '), 80)}`, got };
}

/** Describes the same in one line. @internal */
export function unknownType(contract: Contract, type: unknown): string {
  const { path, expected, got } = unknownTypeIssue(contract, type, 'type');
  return `${path}: expected ${expected}, got ${got}`;
}
