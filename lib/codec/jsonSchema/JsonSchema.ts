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
  return mapSchema(schema, (keyword, value, keywords) => {
    if (keyword === 'prefixItems') return ['items', inDraft7(value)];
    return [keyword === 'items' && 'prefixItems' in keywords ? 'additionalItems' : keyword, inDraft7(value)];
  });
}

/** Keywords that hold values and not schemas. */
const valueKeywords = new Set(['const', 'enum', 'examples', 'default']);

/** Keywords whose keys are names of fields or of schemas. */
const namedKeywords = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** Returns a schema in which each keyword is replaced; `change` does the schemas inside it. */
export function mapSchema(
  schema: unknown,
  change: (keyword: string, value: unknown, keywords: object) => readonly [keyword: string, value: unknown],
): unknown {
  if (Array.isArray(schema)) return schema.map((part) => mapSchema(part, change));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (valueKeywords.has(keyword)) return [keyword, value];
      if (!namedKeywords.has(keyword)) return change(keyword, value, schema);
      return [keyword, Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapSchema(part, change)]))];
    }),
  );
}
