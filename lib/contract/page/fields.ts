import { type JsonSchema, keywordsOf } from '../../codec/jsonSchema/JsonSchema.ts';
import { type Html, html } from './html.ts';

/** One line of a list of fields. */
interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | undefined;
  /** Where a parameter is: `query`. */
  readonly in?: string;
}

/** The most levels of fields in fields that are listed. */
const maxFieldDepth = 4;

/** Returns a row for each field of a schema and of the records in it: `address.city`, `lines[].price`. */
export function rowsOf(
  schema: JsonSchema | undefined,
  definitions: ReadonlyMap<string, JsonSchema>,
  path = '',
  depth = 0,
): readonly FieldRow[] {
  const { properties, required = [], items, additionalProperties, oneOf, anyOf = oneOf, $ref } = keywordsOf(schema);
  if (depth >= maxFieldDepth) return [];
  const within = (part: unknown, at: string): readonly FieldRow[] =>
    rowsOf(part as JsonSchema | undefined, definitions, at, depth + 1);
  // A recursive codec is listed once.
  if (typeof $ref === 'string' && depth === 0) return within(definitions.get(nameIn($ref)), path);
  if (items !== undefined) return within(items, `${path}[]`);
  if (Array.isArray(anyOf)) {
    const rows = anyOf.flatMap((part) => within(part, path));
    return rows.filter((row, index) => rows.findIndex((other) => isSameRow(row, other)) === index);
  }
  const own = Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>).flatMap(([key, field]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const { description } = keywordsOf(field);
    const isRequired = (required as readonly string[]).includes(key);
    const row = { path: at, type: typeOf(field), isRequired, description: description as string | undefined };
    return [row, ...within(field, at)];
  });
  const others = (additionalProperties ?? false) === false ? [] : within(additionalProperties, `${path}.*`);
  return [...own, ...others];
}

function isSameRow(a: FieldRow, b: FieldRow): boolean {
  return a.path === b.path && a.type === b.type;
}

/** Returns the type of a schema in words: `string or null`, `array of order`, `"a" | "b"`. */
export function typeOf(schema: JsonSchema | undefined): string {
  const { $ref, allOf, oneOf, anyOf = oneOf, type, format, items, prefixItems, ...others } = keywordsOf(schema);
  const { additionalProperties, properties } = others;
  if (schema === false) return 'absent';
  if (typeof $ref === 'string') return nameIn($ref);
  if (Array.isArray(allOf)) return allOf.map(typeOf).join(' & ');
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if ('const' in others) return JSON.stringify(others.const);
  if (Array.isArray(others.enum)) return others.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(prefixItems)) return `[${prefixItems.map(typeOf).join(', ')}]`;
  if (type === 'array') return items === undefined ? 'array' : `array of ${typeOf(items as JsonSchema)}`;
  // With fields of its own it is a record, whatever else it may have.
  if (properties === undefined && (additionalProperties ?? false) !== false)
    return `object of ${typeOf(additionalProperties as JsonSchema)}`;
  if (typeof format === 'string') return format;
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'any JSON';
}

/** Returns the list of some rows. */
export function fieldList(rows: readonly FieldRow[]): Html {
  return html`<dl class="fields">${rows.map(
    ({
      path,
      type,
      isRequired,
      description,
      in: where,
    }) => html`<div class="field"><dt><code>${prefixOf(path)}${path.slice(path.lastIndexOf('.') + 1)}</code>
<span class="type">${type}</span>${where === undefined ? '' : html`<span class="in">in ${where}</span>`}
${isRequired ? html`<span class="required">required</span>` : html`<span class="optional">optional</span>`}</dt>
<dd>${description}</dd></div>`,
  )}</dl>`;
}

function prefixOf(path: string): Html {
  const prefix = path.slice(0, path.lastIndexOf('.') + 1);
  return prefix === '' ? html`` : html`<span>${prefix}</span>`;
}

function nameIn(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}
