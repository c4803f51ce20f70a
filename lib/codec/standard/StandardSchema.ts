/**
 * The part of the Standard Schema specification that this library reads: zod, valibot, arktype and Effect implement it, and
 * so do the definitions of this library.
 *
 * @see https://standardschema.dev
 * @category event
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardProps<Input, Output>;
}

/** The properties of a {@link StandardSchema}. @category event */
export interface StandardProps<Input = unknown, Output = Input> {
  readonly version: 1;
  /** The name of the library that the schema is made with. */
  readonly vendor: string;
  readonly validate: (value: unknown) => StandardResult<Output> | PromiseLike<StandardResult<Output>>;
  readonly types?: StandardTypes<Input, Output> | undefined;
  /** Present where the library can write JSON Schemas: `StandardJSONSchemaV1` of the specification. */
  readonly jsonSchema?: StandardJsonSchema | undefined;
}

/** The types of a {@link StandardSchema}, which no value has. @category event */
export interface StandardTypes<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/** A value that was validated, or what is wrong with it. @category event */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with a value. @category event */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Writes the JSON Schemas of what a schema accepts, and of what it makes of it. @category event */
export interface StandardJsonSchema {
  readonly input: (options: { readonly target: string }) => Record<string, unknown>;
  readonly output: (options: { readonly target: string }) => Record<string, unknown>;
}

/** Returns true for a schema of another library; arktype's are functions. @internal */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const props = (value as Partial<StandardSchema>)['~standard'];
  return typeof props === 'object' && props !== null && typeof props.validate === 'function';
}
