import * as t from 'io-ts';
import type { JsonKind, Literal, Member, Side } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';
import { each } from './names.ts';
import { isObject } from './record.ts';

/**
 * One of several members, told apart by what they are on the wire: first by the
 * kind of JSON, then, among objects, by their literal fields. The member so
 * found is the only one that is decoded, and the only one whose failures are told.
 */
export function choice(name: string, members: (self: ExactCodec) => readonly Member[]): ExactCodec {
  let tagged: readonly Tagged[] | undefined;
  const codec: ExactCodec = new ExactCodec(name, {
    is: (value) => codec.members().some((member) => member.codec.is(value)),
    walk: (value, context, side) => {
      tagged ??= codec.members().map((member) => ({ member, tags: tagsOf(member) }));
      const candidates = tagged.filter(({ member }) => mayBe(member, value, side));
      const [first, second] = candidates;
      if (first !== undefined && second === undefined) return first.member.codec.walk(value, context, side);
      const fits = candidates.find(({ member }) => member.codec.is(value));
      if (fits !== undefined && (side === 'program' || fits.member.codec.verbatim())) return t.success(value);
      if (!isObject(value)) return t.failure(value, context);
      return chooseByLiterals(candidates, value, context, side);
    },
    encode: (value) => {
      if (codec.verbatim()) return value;
      const member = codec.members().find((candidate) => candidate.codec.is(value));
      if (member === undefined) throw new TypeError(`no value of ${name}: check it before it is encoded`);
      return member.codec.encode(value);
    },
    verbatim: () => codec.members().every((member) => member.codec.verbatim()),
    members,
  });
  return codec;
}

function mayBe({ codec, kinds, fields }: Member, value: unknown, side: Side): boolean {
  if (side === 'wire') return kinds.has(jsonKindOf(value));
  // In the program a date is an object, yet no object with fields.
  return codec.is(value) || (Array.isArray(value) ? kinds.has('array') : fields !== undefined && isObject(value));
}

interface Tagged {
  readonly member: Member;
  readonly tags: ReadonlyMap<string, ReadonlySet<unknown>>;
}

function chooseByLiterals(
  candidates: readonly Tagged[],
  value: Record<string, unknown>,
  context: t.Context,
  side: Side,
): t.Validation<unknown> {
  const chosen = candidates.filter(({ tags }) => [...tags].every(([key, literals]) => literals.has(value[key])));
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only.member.codec.walk(value, context, side);

  const keys = [...(candidates[0]?.tags.keys() ?? [])];
  const key = keys.find((shared) => candidates.every(({ tags }) => tags.has(shared)));
  if (key === undefined) return t.failure(value, context);
  const codecs = candidates.flatMap(({ member }) => member.fields?.known.get(key)?.codec ?? []);
  const expected = choice(each(codecs, ' | '), () => []);
  return t.failure(value[key], t.appendContext(context, key, expected, value[key]));
}

/** The literal fields of an object that it cannot be without, and their values. */
export function tagsOf({ fields }: Member): ReadonlyMap<string, ReadonlySet<Literal>> {
  const tags = new Map<string, ReadonlySet<Literal>>();
  for (const [key, { codec, required }] of fields?.known ?? []) {
    if (!required) continue;
    const members = codec.members();
    if (!members.every((member) => member.literals !== undefined)) continue;
    tags.set(key, new Set(members.flatMap((member) => [...(member.literals ?? [])])));
  }
  return tags;
}

/** What JSON has no word for, a function say, it leaves out. */
function jsonKindOf(value: unknown): JsonKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  return kind === 'boolean' || kind === 'number' || kind === 'string' || kind === 'object' ? kind : 'absent';
}
