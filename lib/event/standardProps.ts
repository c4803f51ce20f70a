import type * as t from 'io-ts';
import { located } from '../codec/describeFailure.ts';
import type { ExactCodec } from '../codec/exact/ExactCodec.ts';
import { standardJsonSchema } from '../codec/jsonSchema/standardJsonSchema.ts';
import type {
  StandardIssue,
  StandardJsonSchema,
  StandardProps,
  StandardResult,
} from '../codec/standard/StandardSchema.ts';

/**
 * The standard properties of a definition and of a contract: `StandardSchemaV1`, which validates at once, and
 * `StandardJSONSchemaV1`.
 *
 * @category event
 */
export interface EventProps<Input, Output> extends StandardProps<Input, Output> {
  readonly validate: (value: unknown) => StandardResult<Output>;
  readonly jsonSchema: StandardJsonSchema;
}

/** Creates the standard properties of codecs of events. @internal */
export function standardProps<Input, Output>(
  codecs: readonly t.Mixed[],
  validate: (value: unknown) => StandardResult<unknown>,
): EventProps<Input, Output> {
  return {
    version: 1,
    vendor: 'rxsse',
    validate: validate as EventProps<Input, Output>['validate'],
    jsonSchema: standardJsonSchema(codecs as readonly ExactCodec[]),
  };
}

/** Decodes a value, with failures as a Standard Schema reports them. @internal */
export function validateAs(codec: t.Mixed, value: unknown): StandardResult<unknown> {
  const decoded = codec.decode(value);
  return decoded._tag === 'Right' ? { value: decoded.right } : { issues: decoded.left.map(standardIssue) };
}

function standardIssue(error: t.ValidationError): StandardIssue {
  const { keys, expected, got } = located(error);
  const path = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return { message: `expected ${expected}, got ${got}`, path };
}
