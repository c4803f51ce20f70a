import * as t from 'io-ts';
import type { Branch, Form, JsonKind, Literal } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';
import { joinNames } from './names.ts';
import { isObject } from './record.ts';

/**
 * Creates a codec of several branches, distinguished on the wire by the kind of JSON and then, for objects, by their
 * literal fields. Only the branch that is found is decoded, and only its failures are reported.
 */
export function choice(name: string, members: (self: ExactCodec) => readonly Branch[]): ExactCodec {
  let tagged: readonly Tagged[] | undefined;
  const codec: ExactCodec = new ExactCodec(name, {
    is: (value) => codec.branches().some((member) => member.codec.is(value)),
    validateAs: (value, context, side) => {
      tagged ??= codec.branches().map((member) => ({ member, tags: tagsOf(member) }));
      const candidates = tagged.filter(({ member }) => mayBe(member, value, side));
      const [first, second] = candidates;
      if (first !== undefined && second === undefined) return first.member.codec.validateAs(value, context, side);
      const fits = candidates.find(({ member }) => member.codec.is(value));
      if (fits !== undefined && (side === 'program' || fits.member.codec.isIdentity())) return t.success(value);
      if (!isObject(value)) return t.failure(value, context);
      return chooseByLiterals(candidates, value, context, side);
    },
    encode: (value) => {
      if (codec.isIdentity()) return value;
      const member = codec.branches().find((candidate) => candidate.codec.is(value));
      if (member === undefined) throw new TypeError(`no value of ${name}: check it before it is encoded`);
      return member.codec.encode(value);
    },
    isIdentity: () => codec.branches().every((member) => member.codec.isIdentity()),
    branches: members,
  });
  return codec;
}

function mayBe({ codec, kinds, fields }: Branch, value: unknown, side: Form): boolean {
  if (side === 'wire') return kinds.has(jsonKindOf(value));
  // In the program a date is an object without fields.
  return codec.is(value) || (Array.isArray(value) ? kinds.has('array') : fields !== undefined && isObject(value));
}

interface Tagged {
  readonly member: Branch;
  readonly tags: ReadonlyMap<string, ReadonlySet<unknown>>;
}

function chooseByLiterals(
  candidates: readonly Tagged[],
  value: Record<string, unknown>,
  context: t.Context,
  side: Form,
): t.Validation<unknown> {
  const chosen = candidates.filter(({ tags }) => [...tags].every(([key, literals]) => literals.has(value[key])));
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only.member.codec.validateAs(value, context, side);

  const keys = [...(candidates[0]?.tags.keys() ?? [])];
  const key = keys.find((shared) => candidates.every(({ tags }) => tags.has(shared)));
  if (key === undefined) return t.failure(value, context);
  const codecs = candidates.flatMap(({ member }) => member.fields?.known.get(key)?.codec ?? []);
  const expected = choice(joinNames(codecs, ' | '), () => []);
  return t.failure(value[key], t.appendContext(context, key, expected, value[key]));
}

/** Returns the required literal fields of an object and their values. */
export function tagsOf({ fields }: Branch): ReadonlyMap<string, ReadonlySet<Literal>> {
  const tags = new Map<string, ReadonlySet<Literal>>();
  for (const [key, { codec, required }] of fields?.known ?? []) {
    if (!required) continue;
    const members = codec.branches();
    if (!members.every((member) => member.literals !== undefined)) continue;
    tags.set(key, new Set(members.flatMap((member) => [...(member.literals ?? [])])));
  }
  return tags;
}

/** Returns the JSON kind of a value; JSON leaves out what it cannot represent, a function for example. */
function jsonKindOf(value: unknown): JsonKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  return kind === 'boolean' || kind === 'number' || kind === 'string' || kind === 'object' ? kind : 'absent';
}
