import type { ExactCodec } from '../exact/ExactCodec.ts';
import type { StandardJsonSchema } from '../standard/StandardSchema.ts';
import { inDraft7, type JsonSchema, keywordsOf } from './JsonSchema.ts';
import { Schemas, type Side } from './Schemas.ts';

/** Each target with the address of its dialect and the keyword that holds definitions. */
const dialects: Readonly<Record<string, readonly [address: string, definitions: string]>> = {
  'draft-2020-12': ['https://json-schema.org/draft/2020-12/schema', '$defs'],
  'draft-07': ['http://json-schema.org/draft-07/schema#', 'definitions'],
};

/** Returns what writes the JSON Schemas of one codec, or of the union of several. */
export function standardJsonSchema(codecs: readonly ExactCodec[]): StandardJsonSchema {
  const write =
    (side: Side) =>
    ({ target }: { readonly target: string }): Record<string, unknown> => {
      const dialect = Object.hasOwn(dialects, target) ? dialects[target] : undefined;
      if (dialect === undefined) {
        throw new TypeError(`jsonSchema: target must be one of ${Object.keys(dialects).join(', ')}, got ${target}`);
      }
      const [$schema, keyword] = dialect;
      const schemas = new Schemas({}, `#/${keyword}/`, side);
      const members = codecs.map((codec) => schemas.of(codec));
      const schema: JsonSchema = members.length === 1 ? (members[0] as JsonSchema) : { anyOf: members };
      const definitions = schemas.definitions.size === 0 ? {} : { [keyword]: Object.fromEntries(schemas.definitions) };
      const document = { ...keywordsOf(schema), ...definitions };
      return { $schema, ...((target === 'draft-07' ? inDraft7(document) : document) as object) };
    };
  return { input: write('input'), output: write('output') };
}
