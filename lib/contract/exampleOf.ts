import { type JsonSchema, keywordsOf } from '../codec/jsonSchema/JsonSchema.ts';

/** Returns a value of a schema, or `undefined` where none is found: a recursive schema ends at its second level. */
export function exampleOf(
  schema: JsonSchema | undefined,
  definitions: ReadonlyMap<string, JsonSchema>,
  name = 'string',
  path: readonly string[] = [],
): unknown {
  const keywords = keywordsOf(schema);
  const {
    $ref,
    oneOf,
    anyOf = oneOf,
    type,
    properties,
    required = [],
    items,
    prefixItems,
    additionalProperties,
  } = keywords;
  const next = (part: JsonSchema | undefined, key = name): unknown => exampleOf(part, definitions, key, path);
  if (typeof $ref === 'string') {
    const target = $ref.slice($ref.lastIndexOf('/') + 1);
    return path.includes(target) ? undefined : exampleOf(definitions.get(target), definitions, name, [...path, target]);
  }
  if ('const' in keywords) return keywords.const;
  const known = keywords.examples ?? keywords.enum ?? ('default' in keywords ? [keywords.default] : []);
  const [first] = known as readonly unknown[];
  if (first !== undefined) return first;
  if (Array.isArray(anyOf)) return (anyOf as readonly JsonSchema[]).map((part) => next(part)).find(isValue);
  if ('not' in keywords) return undefined;
  switch (Array.isArray(type) ? type[0] : type) {
    case 'string':
      return name;
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array': {
      const parts = Array.isArray(prefixItems) ? (prefixItems as readonly JsonSchema[]) : [items as JsonSchema];
      return parts.map((part) => next(part)).filter(isValue);
    }
    case 'object': {
      const named = Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>);
      const fields = named.map(([key, part]) => [key, next(part, key)] as const);
      if (fields.some(([key, value]) => value === undefined && (required as readonly string[]).includes(key))) {
        return undefined;
      }
      const other =
        (additionalProperties ?? false) === false ? undefined : next(additionalProperties as JsonSchema, 'value');
      const others = named.length > 0 || other === undefined ? [] : [['key', other] as const];
      return Object.fromEntries([...fields.filter(([, value]) => value !== undefined), ...others]);
    }
    default:
      return name;
  }
}

function isValue(value: unknown): boolean {
  return value !== undefined;
}
