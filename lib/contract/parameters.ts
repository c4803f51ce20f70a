import { exactShape } from '../codec/ExactShape.ts';
import type { ExactCodec } from '../codec/exact/ExactCodec.ts';
import { type JsonSchema, keywordsOf } from '../codec/jsonSchema/JsonSchema.ts';
import { componentPrefix, type Schemas } from '../codec/jsonSchema/Schemas.ts';
import type { Shape } from '../codec/Shape.ts';

/** A parameter of a request. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly description?: string;
}

interface Shapes {
  readonly query?: Shape | undefined;
  readonly params?: Shape | undefined;
}

/**
 * Returns the parameters of a path and its template: `/rooms/:room` is `/rooms/{room}`.
 *
 * @throws TypeError for a path with other patterns than `:name`, and for a parameter that the path does not have.
 */
export function parametersOf(
  path: string,
  { query, params }: Shapes,
  schemas: Schemas,
  cursor: 'none' | 'optional' | 'required' = 'none',
): { readonly template: string; readonly parameters: readonly Parameter[] } {
  if (!path.startsWith('/')) throw new TypeError(`contract: ${path}: a path starts with /, such as /orders`);
  const template = path.replace(/:(\w+)/g, '{$1}');
  const literal = template.replace(/\{\w+\}/g, '');
  if (/[^\w./~!$'@%-]/.test(literal)) {
    throw new TypeError(`contract: ${path}: write the path with parameters such as :room, without other patterns`);
  }
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const described = params === undefined ? [] : fieldsOf(params, 'params', schemas);
  const other = described.find(({ name }) => !names.includes(name));
  if (other !== undefined) {
    throw new TypeError(`contract: ${path}: the route decodes params.${other.name}, which the path does not have`);
  }
  const inPath = names.map((name): Parameter => {
    const schema = described.find((field) => field.name === name)?.schema ?? { type: 'string' };
    return { name, in: 'path', required: true, schema };
  });
  const inQuery = query === undefined ? [] : fieldsOf(query, 'query', schemas);
  return {
    template,
    parameters: [
      ...inPath,
      ...inQuery.map((field): Parameter => ({ ...field, in: 'query' })),
      ...(cursor === 'none' ? [] : [cursor === 'optional' ? lastEventId : namedStream]),
    ],
  };
}

const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: 'The id of the last event that was received: the stream continues after it.',
};

/** The cursor of a request that reads a stream again, or stops it. */
const namedStream: Parameter = {
  ...lastEventId,
  required: true,
  description: 'The id of any event of the stream. Without this header, the query parameter lastEventId is read.',
};

/** Returns the schema of the body that a route decodes. */
export function bodyOf(shape: Shape | undefined, schemas: Schemas): JsonSchema | undefined {
  return shape && schemas.of(exactShape(shape, 'body').input);
}

/** Returns the fields of a query or of parameters. Where a union has several records, one that not all have is optional. */
function fieldsOf(shape: Shape, root: string, schemas: Schemas): readonly Omit<Parameter, 'in'>[] {
  const { input } = exactShape(shape, root);
  const branches = input.branches();
  if (branches.some(({ standard }) => standard !== undefined)) return fieldsIn(schemas.of(input, 'url'), schemas);
  const records = branches.map(({ fields }) => fields?.known);
  const names = new Set(records.flatMap((known) => [...(known?.keys() ?? [])]));
  return [...names].map((name) => {
    const fields = records.map((known) => known?.get(name));
    const found = fields.flatMap((field) => (field === undefined ? [] : [schemas.of(field.codec, 'url')]));
    const [first, ...more] = new Map(found.map((schema) => [JSON.stringify(schema), schema])).values();
    const schema = more.length === 0 ? withoutNull(first) : { anyOf: [first, ...more] };
    const isRequired = fields.every((field) => field?.required && !field.hasDefault && !isOptional(field.codec));
    return { name, required: isRequired, schema };
  });
}

/** Returns the fields of a record that the schema of another library describes; none where it describes no record. */
function fieldsIn(schema: JsonSchema, schemas: Schemas): readonly Omit<Parameter, 'in'>[] {
  const { $ref, properties = {}, required = [] } = keywordsOf(schema);
  const target = typeof $ref === 'string' ? schemas.definitions.get($ref.slice(componentPrefix.length)) : undefined;
  if (target !== undefined) return fieldsIn(target, schemas);
  return Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, field]) => ({
    name,
    required: (required as readonly string[]).includes(name),
    schema: field,
  }));
}

function isOptional(codec: ExactCodec): boolean {
  return codec.branches().some(({ kinds }) => kinds.has('absent'));
}

/** Returns a schema for text of a URL, which has no `null`. */
function withoutNull(schema: JsonSchema | undefined): JsonSchema {
  const { type, ...others } = keywordsOf(schema);
  if (!Array.isArray(type)) return schema ?? {};
  const types = type.filter((name) => name !== 'null');
  return { ...others, type: types.length === 1 ? types[0] : types };
}
