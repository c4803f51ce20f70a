import * as t from 'io-ts';
import type { Branch, Form, JsonKind, Literal } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';
import { joinExpected, joinNames } from './names.ts';
import { fieldReader, isObject } from './record.ts';

/**
 * Creates a codec of several branches, distinguished on the wire by the kind of JSON and then, for objects, by their
 * literal fields. Only the branch that is found is decoded, and only its failures are reported. A branch is found from
 * the value alone and not from what the value contains: to try one branch after another would take exponential time in
 * the depth of recursive data.
 */
export function choice(name: string, branches: (self: ExactCodec) => readonly Branch[], expected?: string): ExactCodec {
  let tagged: readonly TaggedBranch[] | undefined;

  function candidates(): readonly TaggedBranch[] {
    tagged ??= tagBranches(codec.branches());
    return tagged;
  }

  const codec: ExactCodec = new ExactCodec(name, {
    is: (value) => {
      for (const { branch, tags } of candidates()) if (hasTags(value, tags) && branch.codec.is(value)) return true;
      return false;
    },
    expected,
    validateAs: (value, context, form) => {
      const possible = candidates().filter(({ branch }) => mayBe(branch, value, form));
      const [first, second] = possible;
      if (first === undefined) return codec.failure(value, context, form);
      if (second === undefined) return first.branch.codec.validateAs(value, context, form);
      if (isObject(value)) return chooseByLiterals(codec, possible, value, context, form);
      // Several branches of one kind are primitives that are sent as they are.
      if (possible.some(({ branch }) => branch.codec.is(value))) return t.success(value);
      return codec.failure(value, context, form);
    },
    encode: (value) => {
      if (codec.isIdentity()) return value;
      const found = candidates().find((candidate) => isOf(candidate, value));
      if (found === undefined) throw new TypeError(`no value of ${name}: check it before it is encoded`);
      return found.branch.codec.encode(value);
    },
    isIdentity: () => codec.branches().every((branch) => branch.codec.isIdentity()),
    branches,
  });
  return codec;
}

interface TaggedBranch {
  readonly branch: Branch;
  /** The literal fields that distinguish its objects from those of other branches; none where no other has objects. */
  readonly tags: readonly Tag[];
}

interface Tag {
  readonly key: string;
  readonly read: (value: Record<string, unknown>) => unknown;
  readonly literals: ReadonlySet<unknown>;
}

function tagBranches(branches: readonly Branch[]): readonly TaggedBranch[] {
  const isOnly = branches.filter(({ fields }) => fields !== undefined).length < 2;
  return branches.map((branch) => {
    const tags = isOnly ? [] : [...tagsOf(branch)];
    return { branch, tags: tags.map(([key, literals]) => ({ key, read: fieldReader(key), literals })) };
  });
}

/** Returns true if every tag has one of its literals in a value; at most one branch with tags has that. */
function hasTags(value: unknown, tags: readonly Tag[]): boolean {
  for (const { read, literals } of tags) if (!isObject(value) || !literals.has(read(value))) return false;
  return true;
}

/** Returns true if a value can be one of a branch by its kind, without a look at what it contains. */
function mayBe({ codec, kinds, fields }: Branch, value: unknown, form: Form): boolean {
  if (form === 'wire') return kinds.has(jsonKindOf(value));
  if (Array.isArray(value)) return kinds.has('array');
  // In the program a date is an object without fields.
  return fields === undefined ? codec.is(value) : isObject(value);
}

/** Returns true for the branch of a value that was checked before: arrays and objects are not checked once more. */
function isOf({ branch, tags }: TaggedBranch, value: unknown): boolean {
  return mayBe(branch, value, 'program') && hasTags(value, tags);
}

function chooseByLiterals(
  codec: ExactCodec,
  candidates: readonly TaggedBranch[],
  value: Record<string, unknown>,
  context: t.Context,
  form: Form,
): t.Validation<unknown> {
  const chosen = candidates.find(({ tags }) => hasTags(value, tags));
  if (chosen !== undefined) return chosen.branch.codec.validateAs(value, context, form);

  const shared = candidates[0]?.tags.find(({ key }) =>
    candidates.every(({ tags }) => tags.some((tag) => tag.key === key)),
  );
  if (shared === undefined) return codec.failure(value, context, form);
  const { key, read } = shared;
  const codecs = candidates.flatMap(({ branch }) => branch.fields?.known.get(key)?.codec ?? []);
  const literals = choice(joinNames(codecs, ' | '), () => [], joinExpected(codecs));
  return literals.failure(read(value), t.appendContext(context, key, literals, read(value)), form);
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
