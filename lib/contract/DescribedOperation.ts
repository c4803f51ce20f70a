import type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
import type { Parameter } from './parameters.ts';

/** An event of an operation. */
export interface DescribedEvent {
  readonly name: string;
  /** The name of its schema among the definitions. */
  readonly component: string;
  readonly description: string | undefined;
  /** Data of the event, as JSON; `undefined` where none is known. */
  readonly example: unknown;
}

/** One method of a path. */
export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** The path with its parameters in braces. */
  readonly template: string;
  readonly kind: 'stream' | 'receive' | 'stop';
  readonly description: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | undefined;
  /** Its events; `undefined` where they are not known beforehand. */
  readonly events: readonly DescribedEvent[] | undefined;
  /** The control frames that a stream may have. */
  readonly control: { readonly position: boolean; readonly gap: boolean; readonly end: boolean };
  /** True where the stream has frames of another protocol, too. */
  readonly hasOtherFrames: boolean;
  /** True where a request names a stream by its cursor, and is answered 404 where there is none. */
  readonly needsCursor: boolean;
  /** True where the header `Location` of the response says where its stream can be read again. */
  readonly hasLocation: boolean;
  /** True where a page of another origin is answered 403. */
  readonly checksOrigin: boolean;
}
