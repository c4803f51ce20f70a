import * as t from 'io-ts';
import type { StandardSchema } from '../standard/StandardSchema.ts';

/** The kind of a value in JSON. `absent` is `undefined`: a field that JSON text leaves out. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'absent';

/** The form of a value that is validated: `wire` is decoded, `program` is only checked, to name its failures. */
export type Form = 'wire' | 'program';

export type Literal = string | number | boolean | null | undefined;

/** A field of an exact record. */
export interface Field {
  readonly codec: ExactCodec;
  /** An optional field may be absent, whatever its codec. */
  readonly required: boolean;
  /** True where a missing field is filled: it is then not required of a sender. */
  readonly hasDefault?: boolean;
}

/** The fields of an object: known ones, and possibly others whose keys match `domain`. */
export interface Fields {
  readonly known: ReadonlyMap<string, Field>;
  readonly rest: { readonly domain: ExactCodec; readonly codomain: ExactCodec } | undefined;
  readonly checks: readonly ((value: unknown) => boolean)[];
}

/** The form of a leaf's values on the wire, for JSON Schema. */
export interface LeafSchema {
  /** Keywords of JSON Schema beside `type`: `{ minLength: 1 }`. */
  readonly keywords: Readonly<Record<string, unknown>>;
  /** The type of what the text stands for: how a parameter of a URL is described. */
  readonly parsed?: 'integer' | 'number' | 'boolean';
}

/** One alternative of a codec: the result of flattening all unions. */
export interface Branch {
  readonly codec: ExactCodec;
  readonly kinds: ReadonlySet<JsonKind>;
  /** All its values, where it is a union of literals. */
  readonly literals?: ReadonlySet<Literal> | undefined;
  readonly fields?: Fields | undefined;
  /** The codec of its items, where it is an array of any length. */
  readonly item?: ExactCodec | undefined;
  /** The codecs of its items by index, where it is a tuple. */
  readonly items?: readonly ExactCodec[] | undefined;
  /** The codec of one item, where it is an array that may come as a single item. */
  readonly single?: ExactCodec | undefined;
  /** The keywords of its schema beyond the kind of its values. */
  readonly schema?: LeafSchema | undefined;
  /** True where a predicate of the program, or another part of an intersection, accepts fewer values. */
  readonly checked?: boolean | undefined;
  /** True for a custom codec, whose structure is unknown. */
  readonly opaque?: boolean | undefined;
  /** The schema of another library that it calls, where it is one. */
  readonly standard?: StandardSchema | undefined;
}

interface ExactCodecParts {
  readonly is: (value: unknown) => boolean;
  readonly validateAs: (value: unknown, context: t.Context, form: Form) => t.Validation<unknown>;
  readonly encode: (value: unknown) => unknown;
  /** Returns true if a value is the same in the program and on the wire at every depth, with nothing to strip. */
  readonly isIdentity: () => boolean;
  readonly branches: (self: ExactCodec) => readonly Branch[];
  /** Names what it decodes to a sender, who does not know the names of codecs. */
  readonly expected?: string | undefined;
}

/**
 * An exact codec: the result of compiling a user's codec, and the class of this library's own codecs. It is an io-ts
 * `Type` that also knows how its values differ from those of another codec.
 */
export class ExactCodec extends t.Type<unknown, unknown, unknown> {
  readonly _tag = 'ExactCodec';
  readonly validateAs: ExactCodecParts['validateAs'];
  readonly isIdentity: () => boolean;
  readonly branches: () => readonly Branch[];
  readonly expected: string;

  constructor(name: string, { is, validateAs, encode, isIdentity, branches, expected = name }: ExactCodecParts) {
    super(name, is as t.Is<unknown>, (value, context) => validateAs(value, context, 'wire'), encode);
    this.validateAs = validateAs;
    this.expected = expected;
    this.isIdentity = once(isIdentity, () => false);
    this.branches = once(
      () => branches(this),
      () => {
        throw new TypeError(`${name} refers to itself with no object or array in between`);
      },
    );
  }

  /** Returns the failure of a value: a sender gets the words of `expected`, and the program the name. */
  failure(value: unknown, context: t.Context, form: Form): t.Validation<never> {
    return t.failure(value, context, form === 'wire' && this.expected !== this.name ? this.expected : undefined);
  }
}

/** Casts a codec to the types that only its creator knows. */
export function typed<A, O>(codec: ExactCodec): t.Type<A, O, unknown> {
  return codec as unknown as t.Type<A, O, unknown>;
}

/** The most failures in one report, so that a long bad input costs no more than a short one. */
const maxFailures = 100;

/** Adds failures to a report. Returns false when it is full. */
export function addFailures(errors: t.Errors, more: t.Errors): boolean {
  for (const error of more) {
    if (errors.length >= maxFailures) return false;
    errors.push(error);
  }
  return errors.length < maxFailures;
}

/**
 * Computes a value on first use. A value that is needed while it is being computed, as in recursive codecs, is the
 * result of `cyclic`.
 */
function once<T>(compute: () => T, cyclic: () => T): () => T {
  let state: { readonly value: T } | 'running' | undefined;
  return () => {
    if (state === 'running') return cyclic();
    if (state !== undefined) return state.value;
    state = 'running';
    try {
      const value = compute();
      state = { value };
      return value;
    } catch (error) {
      state = undefined;
      throw error;
    }
  };
}
