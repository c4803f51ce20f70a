/** A schema of JSON Schema 2020-12, as JSON. @category contract */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** Returns the keywords of a schema; none for `true`, and for `false` those that match nothing. */
export function keywordsOf(schema: JsonSchema | undefined): Readonly<Record<string, unknown>> {
  if (schema === false) return { not: {} };
  return schema === undefined || schema === true ? {} : schema;
}

/**
 * Returns the same schema in the dialect of AsyncAPI, which is draft 7: there a tuple is an array of `items`.
 */
export function inDraft7(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inDraft7);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      // These hold values and not schemas.
      if (keyword === 'const' || keyword === 'enum' || keyword === 'examples') return [keyword, value];
      // Its keys are names of fields.
      if (keyword === 'properties') {
        return [keyword, Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inDraft7(part)]))];
      }
      return [keyword === 'prefixItems' ? 'items' : keyword, inDraft7(value)];
    }),
  );
}
