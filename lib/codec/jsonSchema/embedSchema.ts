import { type JsonSchema, mapSchema } from './JsonSchema.ts';

/** The definitions into which a document is embedded. */
interface Embedding {
  /** Returns a free name for a definition. */
  reserve(name: string): string;
  /** Returns the reference to a definition. */
  refTo(name: string): { readonly $ref: string };
  readonly definitions: Map<string, JsonSchema>;
}

/** Returns a schema that was a document of its own: its definitions and its references become those of another document. */
export function embedSchema(
  { $schema, $defs = {}, ...root }: Record<string, unknown>,
  at: string,
  { reserve, refTo, definitions }: Embedding,
): JsonSchema {
  const parts = Object.entries($defs as Readonly<Record<string, JsonSchema>>);
  const names = new Map(parts.map(([key]) => [`#/$defs/${key}`, reserve(key)]));
  let rootName: string | undefined;

  const embedded = (schema: unknown): JsonSchema =>
    mapSchema(schema, (keyword, value) => {
      if (keyword !== '$ref' || typeof value !== 'string' || !value.startsWith('#')) return [keyword, embedded(value)];
      const name = names.get(value);
      if (name !== undefined) return [keyword, refTo(name).$ref];
      rootName ??= reserve(at);
      return [keyword, refTo(rootName).$ref + value.slice(1)];
    }) as JsonSchema;

  for (const [key, part] of parts) definitions.set(names.get(`#/$defs/${key}`) ?? key, embedded(part));
  const schema = embedded(root);
  if (rootName === undefined) return schema;
  definitions.set(rootName, schema);
  return refTo(rootName);
}
