import * as t from 'io-ts';

/** What a value becomes as JSON. `absent` is `undefined`: a field that JSON text leaves out. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'absent';

/**
 * Which form of a value is walked: the one on the wire, decoded on the way, or
 * the one in the program, which is only checked so that its failures can be named.
 */
export type Side = 'wire' | 'program';

export type Literal = string | number | boolean | null | undefined;

/** A field of an exact record. */
export interface Field {
  readonly codec: ExactCodec;
  /** An optional field may be absent, whatever its codec. */
  readonly required: boolean;
}

/** An object with known fields, and perhaps others whose keys fit `domain`. */
export interface Fields {
  readonly known: ReadonlyMap<string, Field>;
  readonly rest: { readonly domain: ExactCodec; readonly codomain: ExactCodec } | undefined;
  readonly checks: readonly ((value: unknown) => boolean)[];
}

/** One of the forms a value may have: what remains when all unions are taken apart. */
export interface Member {
  readonly codec: ExactCodec;
  readonly kinds: ReadonlySet<JsonKind>;
  /** All its values, where they are literals. */
  readonly literals?: ReadonlySet<Literal> | undefined;
  readonly fields?: Fields | undefined;
  /** A codec that we cannot look into. */
  readonly opaque?: boolean | undefined;
}

export interface Parts {
  readonly is: (value: unknown) => boolean;
  readonly walk: (value: unknown, context: t.Context, side: Side) => t.Validation<unknown>;
  readonly encode: (value: unknown) => unknown;
  /** Whether a value is the same in the program and on the wire at every depth, with nothing to leave out. */
  readonly verbatim: () => boolean;
  readonly members: (self: ExactCodec) => readonly Member[];
}

/**
 * An exact codec: what the walk over a user's codec makes of it, and what our
 * own codecs are. An io-ts `Type` like any other, which knows besides how its
 * values can be told from those of another.
 */
export class ExactCodec extends t.Type<unknown, unknown, unknown> {
  readonly _tag = 'ExactCodec';
  readonly walk: Parts['walk'];
  readonly verbatim: () => boolean;
  readonly members: () => readonly Member[];

  constructor(name: string, { is, walk, encode, verbatim, members }: Parts) {
    super(name, is as t.Is<unknown>, (value, context) => walk(value, context, 'wire'), encode);
    this.walk = walk;
    this.verbatim = once(verbatim, () => false);
    this.members = once(
      () => members(this),
      () => {
        throw new TypeError(`${name} refers to itself with no object or array in between`);
      },
    );
  }
}

/** The codec under the types that its maker knows. */
export function typed<A, O>(codec: ExactCodec): t.Type<A, O, unknown> {
  return codec as unknown as t.Type<A, O, unknown>;
}

/** A failure report stops growing here, so that a long bad input costs no more than a short one. */
const mostFailures = 100;

/** Adds failures to a report. Returns false when it is full and looking further is in vain. */
export function report(errors: t.Errors, more: t.Errors): boolean {
  for (const error of more) {
    if (errors.length >= mostFailures) return false;
    errors.push(error);
  }
  return errors.length < mostFailures;
}

/**
 * Computes a value on first use. A value that is asked for while it is being
 * computed, as happens in recursive codecs, is what `cyclic` says.
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
