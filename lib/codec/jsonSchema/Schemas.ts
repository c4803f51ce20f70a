import type { Branch, ExactCodec, Fields, Literal } from '../exact/ExactCodec.ts';
import type { StandardSchema } from '../standard/StandardSchema.ts';
import { embedSchema } from './embedSchema.ts';
import type { JsonSchema } from './JsonSchema.ts';

/** Where a schema is used: in a URL a text is described by the number or boolean that it stands for. */
type Use = 'json' | 'url';

/** The side of a codec that is described: what it decodes, or what it makes of that. */
export type Side = 'input' | 'output';

/**
 * Writes the JSON Schema of exact codecs: the form of their values on the wire, as decoding accepts them. Fields that a
 * codec does not name are accepted and dropped by decoding, and so the schema allows them.
 */
export class Schemas {
  /** The schemas that are referred to by name, those of recursive codecs for example. */
  readonly definitions = new Map<string, JsonSchema>();
  /** The codecs whose values JSON Schema cannot describe exactly, by name, and whether the program has described them. */
  readonly undescribed = new Map<string, boolean>();
  readonly #own: Readonly<Record<string, JsonSchema>>;
  readonly #open = new Map<ExactCodec, { name: string | undefined }>();
  readonly #named = new Map<ExactCodec, string>();

  readonly #prefix: string;
  readonly #side: Side;

  /**
   * @param own the program's schemas of custom codecs and refinements, by the name of the codec
   * @param prefix what references start with: by default the components of OpenAPI and AsyncAPI
   */
  constructor(own: Readonly<Record<string, JsonSchema>>, prefix = componentPrefix, side: Side = 'input') {
    this.#own = own;
    this.#prefix = prefix;
    this.#side = side;
  }

  /** Adds a definition, under a name that no other has, and returns the name. */
  define(name: string, schema: JsonSchema): string {
    const free = this.#freeName(name);
    this.definitions.set(free, schema);
    return free;
  }

  /** Returns the schema of a codec. A recursive codec is a reference to its definition. */
  of(codec: ExactCodec, use: Use = 'json'): JsonSchema {
    const open = this.#open.get(codec);
    if (open !== undefined) {
      open.name ??= this.#reserveName(codec.name);
      return this.#refTo(open.name);
    }
    const named = this.#named.get(codec);
    if (named !== undefined) return this.#refTo(named);
    const state: { name: string | undefined } = { name: undefined };
    this.#open.set(codec, state);
    const schema = anyOf(codec.branches(), (branch) => this.#branch(branch, use));
    this.#open.delete(codec);
    const { name } = state;
    if (name === undefined) return schema;
    this.#named.set(codec, name);
    this.definitions.set(name, schema);
    return this.#refTo(name);
  }

  #branch(branch: Branch, use: Use): JsonSchema {
    const { codec, fields, opaque, checked } = branch;
    const isChecked = checked === true || (fields !== undefined && fields.checks.length > 0);
    if (!opaque && !(isChecked && branch.literals === undefined)) return this.#exactBranch(branch, use);
    const own = Object.hasOwn(this.#own, codec.name) ? this.#own[codec.name] : undefined;
    this.undescribed.set(codec.name, own !== undefined);
    if (own !== undefined) return own;
    if (branch.standard !== undefined) return this.#standard(branch.standard, codec.name);
    if (opaque) return { description: `Checked by the custom codec ${codec.name}, which has no JSON Schema.` };
    const wider = this.#exactBranch(branch, use);
    const note = `The server checks further: ${codec.name}.`;
    return typeof wider === 'object' ? { ...wider, description: note } : { description: note };
  }

  /** Returns the schema that another library writes for its own. */
  #standard(standard: StandardSchema, at: string): JsonSchema {
    const { vendor, jsonSchema } = standard['~standard'];
    try {
      const schema = jsonSchema?.[this.#side]({ target: 'draft-2020-12' });
      if (schema !== undefined) {
        this.undescribed.delete(at);
        return embedSchema(schema, at, {
          reserve: (name) => this.#reserveName(name),
          refTo: (name) => this.#refTo(name),
          definitions: this.definitions,
        });
      }
    } catch {
      // A library throws for what it cannot describe.
    }
    return { description: `Checked by the ${vendor} schema of ${at}, which has no JSON Schema.` };
  }

  #exactBranch({ codec, kinds, fields, item, items, single, schema }: Branch, use: Use): JsonSchema {
    if (fields !== undefined) return this.#record(fields);
    if (items !== undefined) {
      const minItems = items.findLastIndex((part) => !mayBeAbsent(part)) + 1;
      return { type: 'array', prefixItems: items.map((part) => this.of(part, use)), minItems };
    }
    if (single !== undefined) {
      const list = { type: 'array', items: this.of(single, use) };
      return use === 'url' ? list : { anyOf: [this.of(single, use), list] };
    }
    if (item !== undefined) return { type: 'array', items: this.of(item, use) };
    if (this.#side === 'output' && !codec.isIdentity()) throw new TypeError(noJson(codec.name));
    if (use === 'url' && schema?.parsed !== undefined) return { type: schema.parsed };
    const types = [...kinds].filter((kind) => kind !== 'absent');
    if (types.length === 6) return {};
    return { type: types.length === 1 ? types[0] : types, ...schema?.keywords };
  }

  #record({ known, rest }: Fields): JsonSchema {
    const properties: [string, JsonSchema][] = [];
    const required: string[] = [];
    for (const [key, { codec, required: isRequired, hasDefault }] of known) {
      const isAbsent = codec.branches().every(({ kinds }) => kinds.size === 1 && kinds.has('absent'));
      properties.push([key, isAbsent ? false : this.of(codec)]);
      if (isRequired && hasDefault !== true && !mayBeAbsent(codec)) required.push(key);
    }
    return {
      type: 'object',
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
      ...(required.length === 0 ? {} : { required }),
      ...(rest === undefined ? {} : this.#others(rest)),
    };
  }

  /** Returns the keywords for fields of any key. A key that `domain` does not match is dropped, so that its value is free. */
  #others({ domain, codomain }: NonNullable<Fields['rest']>): Readonly<Record<string, unknown>> {
    const values = this.of(codomain);
    if (domain.branches().some(isAnyString)) return { additionalProperties: values };
    return { description: `Fields whose key is ${domain.name} are ${codomain.name}.` };
  }

  #refTo(name: string): { readonly $ref: string } {
    return { $ref: this.#prefix + name };
  }

  #reserveName(name: string): string {
    const free = this.#freeName(name);
    this.definitions.set(free, {});
    return free;
  }

  #freeName(name: string): string {
    const base = name.replace(/[^\w.-]+/g, '_').replace(/^_+|_+$/g, '') || 'schema';
    let free = base;
    for (let n = 2; this.definitions.has(free); n++) free = `${base}_${n}`;
    return free;
  }
}

/** The start of a reference to the components of OpenAPI and AsyncAPI. */
export const componentPrefix = '#/components/schemas/';

/** Returns a reference, in the form of the components of OpenAPI and AsyncAPI. */
export function refTo(name: string): JsonSchema {
  return { $ref: componentPrefix + name };
}

function noJson(name: string): string {
  return `a ${name} is no JSON in the program, and has no JSON Schema there; use the one of the input`;
}

/** Returns true if decoding accepts a field or an item that is missing, as it does for `t.unknown`. */
function mayBeAbsent(codec: ExactCodec): boolean {
  try {
    return codec.decode(undefined)._tag === 'Right';
  } catch {
    return false; // A custom codec that does not expect it.
  }
}

function isAnyString({ kinds, literals, schema, opaque, checked }: Branch): boolean {
  return kinds.has('string') && (literals ?? schema) === undefined && opaque !== true && checked !== true;
}

/** Returns the schema of a union. Literals become one `enum`, and members that are only types one list of types. */
function anyOf(branches: readonly Branch[], write: (branch: Branch) => JsonSchema): JsonSchema {
  const literals = branches.flatMap(({ literals }) => [...(literals ?? [])]).filter((literal) => literal !== undefined);
  const others = branches.filter(({ literals, kinds }) => literals === undefined && !isOnlyAbsent(kinds)).map(write);
  if (others.some(acceptsAll)) return others.find(acceptsAll) as JsonSchema;
  const members = [...others, ...(literals.length === 0 ? [] : [enumOf(literals)])];
  const types = [...new Set(members.filter(isOnlyType).flatMap(({ type }) => type as string | string[]))];
  const rest = members.filter((member) => !isOnlyType(member));
  const merged = types.length === 0 ? rest : [...rest, { type: types.length === 1 ? types[0] : types }];
  const unique = [...new Map(merged.map((member) => [JSON.stringify(member), member])).values()];
  if (unique.length === 0) return false;
  return unique.length === 1 ? (unique[0] as JsonSchema) : { anyOf: unique };
}

function isOnlyAbsent(kinds: Branch['kinds']): boolean {
  return kinds.size === 1 && kinds.has('absent');
}

function enumOf(literals: readonly Literal[]): JsonSchema {
  const values = [...new Set(literals)];
  const types = [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))];
  const type = types.length === 1 ? types[0] : types;
  if (values.length === 1) return type === 'null' ? { type } : { type, const: values[0] };
  return { type, enum: values };
}

/** Returns true for a schema that constrains nothing, with its description or without. */
function acceptsAll(schema: JsonSchema): boolean {
  return schema === true || (typeof schema === 'object' && Object.keys(schema).every((key) => key === 'description'));
}

function isOnlyType(schema: JsonSchema): schema is { readonly type: unknown } {
  return typeof schema === 'object' && 'type' in schema && Object.keys(schema).length === 1;
}
