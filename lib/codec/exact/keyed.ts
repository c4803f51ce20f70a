import type * as t from 'io-ts';
import type { CompileContext } from './CompileContext.ts';
import { choice } from './choice.ts';
import type { ExactCodec, Field } from './ExactCodec.ts';
import { identityLeaf } from './leaf.ts';
import * as names from './names.ts';
import { record } from './record.ts';

/** Compiles a record with a field for each prop. */
export function exactProps(
  name: string,
  props: t.Props,
  required: boolean,
  at: string,
  context: CompileContext,
): ExactCodec {
  const known = new Map<string, Field>();
  for (const [key, prop] of Object.entries(props))
    known.set(key, { codec: context.compile(prop, `${at}.${key}`), required });
  return record(name, { known, rest: undefined, checks: [] });
}

/** The codec of an object with any fields, for `t.UnknownRecord`. */
export const openRecord: ExactCodec = record('object', {
  known: new Map(),
  rest: {
    domain: identityLeaf('string', ['string'], (key) => typeof key === 'string'),
    codomain: identityLeaf('unknown', 'any', () => true),
  },
  checks: [],
});

/** Compiles an object by keys. An object with a closed set of keys has all of them, as in io-ts. */
export function exactDictionary(
  dictionary: t.DictionaryType<t.Mixed, t.Mixed>,
  at: string,
  context: CompileContext,
): ExactCodec {
  const domain = context.compile(dictionary.domain, `${at}[key]`);
  const codomain = context.compile(dictionary.codomain, `${at}[]`);
  const name = names.ofRecord(dictionary.name);
  const codec = choice(name, () => {
    const keys = domain.branches();
    if (!keys.every(({ codec, kinds, opaque }) => opaque || (kinds.has('string') && codec.isIdentity()))) {
      throw new TypeError(
        `${at}: the keys of a record are strings, and ${domain.name} is not a codec of plain strings`,
      );
    }
    const closed = keys.every(({ literals }) => literals !== undefined);
    const literals = closed ? keys.flatMap(({ literals }) => [...(literals ?? [])]) : [];
    const known = new Map(literals.map((key) => [String(key), { codec: codomain, required: true }]));
    return record(name, { known, rest: closed ? undefined : { domain, codomain }, checks: [] }).branches();
  });
  context.checks.push(() => void codec.branches());
  return codec;
}
