import * as t from 'io-ts';
import type { Branch, Form, JsonKind, Literal } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';
import { joinNames } from './names.ts';
import { isObject } from './record.ts';

/**
 * Creates a codec of several branches, distinguished on the wire by the kind of JSON and then, for objects, by their
 * literal fields. Only the branch that is found is decoded, and only its failures are reported.
 */
export function choice(name: string, branches: (self: ExactCodec) => readonly Branch[]): ExactCodec {
  let tagged: readonly TaggedBranch[] | undefined;
  const codec: ExactCodec = new ExactCodec(name, {
    is: (value) => codec.branches().some((branch) => branch.codec.is(value)),
    validateAs: (value, context, form) => {
      tagged ??= codec.branches().map((branch) => ({ branch, tags: tagsOf(branch) }));
      const candidates = tagged.filter(({ branch }) => mayBe(branch, value, form));
      const [first, second] = candidates;
      if (first !== undefined && second === undefined) return first.branch.codec.validateAs(value, context, form);
      const fits = candidates.find(({ branch }) => branch.codec.is(value));
      if (fits !== undefined && (form === 'program' || fits.branch.codec.isIdentity())) return t.success(value);
      if (!isObject(value)) return t.failure(value, context);
      return chooseByLiterals(candidates, value, context, form);
    },
    encode: (value) => {
      if (codec.isIdentity()) return value;
      const branch = codec.branches().find((candidate) => candidate.codec.is(value));
      if (branch === undefined) throw new TypeError(`no value of ${name}: check it before it is encoded`);
      return branch.codec.encode(value);
    },
    isIdentity: () => codec.branches().every((branch) => branch.codec.isIdentity()),
    branches,
  });
  return codec;
}

function mayBe({ codec, kinds, fields }: Branch, value: unknown, form: Form): boolean {
  if (form === 'wire') return kinds.has(jsonKindOf(value));
  // In the program a date is an object without fields.
  return codec.is(value) || (Array.isArray(value) ? kinds.has('array') : fields !== undefined && isObject(value));
}

interface TaggedBranch {
  readonly branch: Branch;
  readonly tags: ReadonlyMap<string, ReadonlySet<unknown>>;
}

function chooseByLiterals(
  candidates: readonly TaggedBranch[],
  value: Record<string, unknown>,
  context: t.Context,
  form: Form,
): t.Validation<unknown> {
  const chosen = candidates.filter(({ tags }) => [...tags].every(([key, literals]) => literals.has(value[key])));
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only.branch.codec.validateAs(value, context, form);

  const keys = [...(candidates[0]?.tags.keys() ?? [])];
  const key = keys.find((shared) => candidates.every(({ tags }) => tags.has(shared)));
  if (key === undefined) return t.failure(value, context);
  const codecs = candidates.flatMap(({ branch }) => branch.fields?.known.get(key)?.codec ?? []);
  const expected = choice(joinNames(codecs, ' | '), () => []);
  return t.failure(value[key], t.appendContext(context, key, expected, value[key]));
}

/** Returns the required literal fields of an object and their values. */
export function tagsOf({ fields }: Branch): ReadonlyMap<string, ReadonlySet<Literal>> {
  const tags = new Map<string, ReadonlySet<Literal>>();
  for (const [key, { codec, required }] of fields?.known ?? []) {
    if (!required) continue;
    const branches = codec.branches();
    if (!branches.every((branch) => branch.literals !== undefined)) continue;
    tags.set(key, new Set(branches.flatMap((branch) => [...(branch.literals ?? [])])));
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
