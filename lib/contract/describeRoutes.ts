import type * as t from 'io-ts';
import type { ExactCodec } from '../codec/exact/ExactCodec.ts';
import type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
import { Schemas } from '../codec/jsonSchema/Schemas.ts';
import { inputOf } from '../event/define.ts';
import type { AnyDefinition } from '../event/EventDefinition.ts';
import type { ContractOptions, ContractRoutes, MountedRoute } from './ContractOptions.ts';
import type { DescribedEvent, DescribedOperation } from './DescribedOperation.ts';
import { exampleOf } from './exampleOf.ts';
import { operationsOf } from './operationsOf.ts';

/** All that the page and the documents show. */
export interface Description {
  readonly title: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly operations: readonly DescribedOperation[];
  readonly definitions: ReadonlyMap<string, JsonSchema>;
}

/**
 * Describes the routes of a program from their handlers.
 *
 * @throws TypeError for a value that is not a handler of this library, a path that cannot be described, a text, an example or
 * a schema for a name that these routes do not have, and an example that its event does not accept.
 */
export function describeRoutes(routes: ContractRoutes, options: ContractOptions): Description {
  const { title = 'Streams', version = '1.0.0', description, descriptions = {}, examples = {}, schemas = {} } = options;
  const writer = new Schemas(schemas);
  const known = new Set<string>();
  const events = new Map<t.Mixed, DescribedEvent>();

  function describe(definition: AnyDefinition, isInput: boolean): DescribedEvent {
    const codec = (isInput ? inputOf(definition) : definition.payload) as ExactCodec;
    const before = events.get(codec);
    if (before !== undefined) return before;
    const { type: name } = definition;
    known.add(name);
    const schema = withDescriptions(writer.of(codec), name, descriptions, known);
    const component = writer.define(codec === definition.payload ? name : `${name}.input`, schema);
    const example = Object.hasOwn(examples, name) ? examples[name] : exampleOf(schema, writer.definitions);
    const isValid = codec.decode(example)._tag === 'Right';
    if (!isValid && Object.hasOwn(examples, name)) {
      throw new TypeError(`contract: examples.${name} is not data of ${name}; give it as JSON, as it is sent`);
    }
    const text = Object.hasOwn(descriptions, name) ? descriptions[name] : undefined;
    const event = { name, component, description: text, example: isValid ? example : undefined };
    events.set(codec, event);
    return event;
  }

  const operations = Object.entries(routes).flatMap(([path, entry]) => {
    const mounted = Array.isArray(entry) ? (entry as readonly MountedRoute[]) : [entry as MountedRoute];
    return mounted.flatMap((one) => operationsOf(path, one, writer, describe));
  });
  checkKnown('descriptions', descriptions, known, 'event or field');
  checkKnown('examples', examples, new Set([...events.values()].map(({ name }) => name)), 'event');
  checkKnown('schemas', schemas, new Set(writer.undescribed.keys()), 'custom codec or refinement');
  return { title, version, description, operations: withIds(operations), definitions: writer.definitions };
}

/** Adds the program's descriptions of the fields of an event: `order_paid.total`. */
function withDescriptions(
  schema: JsonSchema,
  event: string,
  descriptions: Readonly<Record<string, string>>,
  known: Set<string>,
): JsonSchema {
  if (typeof schema !== 'object' || typeof schema.properties !== 'object') return schema;
  const fields = Object.entries(schema.properties as Readonly<Record<string, JsonSchema>>).map(([key, field]) => {
    const name = `${event}.${key}`;
    known.add(name);
    const description = descriptions[name];
    if (description === undefined || typeof field !== 'object') return [key, field];
    return [key, '$ref' in field ? { allOf: [field], description } : { ...field, description }];
  });
  return { ...schema, properties: Object.fromEntries(fields) };
}

/** Gives each operation an id of its method and path, each another. */
function withIds(operations: readonly Omit<DescribedOperation, 'id'>[]): readonly DescribedOperation[] {
  const used = new Set<string>();
  return operations.map((operation) => {
    const words = operation.template.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    const base = [operation.method.toLowerCase(), ...words].join('_');
    let id = base;
    for (let n = 2; used.has(id); n++) id = `${base}_${n}`;
    used.add(id);
    return { ...operation, id };
  });
}

function checkKnown(option: string, values: object, known: ReadonlySet<string>, what: string): void {
  const other = Object.keys(values).find((name) => !known.has(name));
  if (other === undefined) return;
  const names = [...known].slice(0, 10).join(', ') || 'none';
  throw new TypeError(`contract: ${option}: these routes have no ${what} ${other}; there are ${names}`);
}

/** Returns the field of a document for a description, where there is one. */
export function described(description: string | undefined): { readonly description?: string } {
  return description === undefined ? {} : { description };
}
