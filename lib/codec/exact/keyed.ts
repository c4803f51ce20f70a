import type * as t from 'io-ts';
import { choice } from './choice.ts';
import type { ExactCodec, Field } from './ExactCodec.ts';
import type { Job } from './Job.ts';
import { verbatimLeaf } from './leaf.ts';
import * as names from './names.ts';
import { record } from './record.ts';

/** An object with a field for each prop. */
export function exactProps(name: string, props: t.Props, required: boolean, at: string, job: Job): ExactCodec {
  const known = new Map<string, Field>();
  for (const [key, prop] of Object.entries(props)) known.set(key, { codec: job.walk(prop, `${at}.${key}`), required });
  return record(name, { known, rest: undefined, checks: [] });
}

/** An object of anything, which is what `t.UnknownRecord` asks for. */
export const openRecord: ExactCodec = record('object', {
  known: new Map(),
  rest: {
    domain: verbatimLeaf('string', ['string'], (key) => typeof key === 'string'),
    codomain: verbatimLeaf('unknown', 'any', () => true),
  },
  checks: [],
});

/** An object by keys. One with a closed set of keys has them all, as in io-ts. */
export function exactDictionary(dictionary: t.DictionaryType<t.Mixed, t.Mixed>, at: string, job: Job): ExactCodec {
  const domain = job.walk(dictionary.domain, `${at}[key]`);
  const codomain = job.walk(dictionary.codomain, `${at}[]`);
  const name = names.ofRecord(dictionary.name);
  const codec = choice(name, () => {
    const keys = domain.members();
    if (!keys.every(({ codec, kinds, opaque }) => opaque || (kinds.has('string') && codec.verbatim()))) {
      throw new TypeError(
        `${at}: the keys of a record are strings, and ${domain.name} is not a codec of plain strings`,
      );
    }
    const closed = keys.every(({ literals }) => literals !== undefined);
    const literals = closed ? keys.flatMap(({ literals }) => [...(literals ?? [])]) : [];
    const known = new Map(literals.map((key) => [String(key), { codec: codomain, required: true }]));
    return record(name, { known, rest: closed ? undefined : { domain, codomain }, checks: [] }).members();
  });
  job.checks.push(() => void codec.members());
  return codec;
}
