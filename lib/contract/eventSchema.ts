import { type JsonSchema, keywordsOf } from '../codec/jsonSchema/JsonSchema.ts';
import { componentPrefix } from '../codec/jsonSchema/Schemas.ts';
import type { Description } from './describeRoutes.ts';

/** Returns the JSON Schema document of one definition, with those that it refers to. */
export function eventSchema(name: string, { definitions }: Description): object {
  const used = new Map<string, JsonSchema>();
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, key === '$ref' ? toLocal(part) : move(part)]),
    );
  };
  const toLocal = (target: unknown): unknown => {
    if (typeof target !== 'string' || !target.startsWith(componentPrefix)) return move(target);
    const part = target.slice(componentPrefix.length);
    if (!used.has(part)) {
      used.set(part, {});
      used.set(part, move(definitions.get(part)) as JsonSchema);
    }
    return `#/$defs/${part}`;
  };
  const schema = move(keywordsOf(definitions.get(name))) as object;
  const $defs = used.size === 0 ? {} : { $defs: Object.fromEntries(used) };
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: name, ...schema, ...$defs };
}
