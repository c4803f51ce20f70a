import type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';

/** One method of a handler that serves several paths. */
export interface ServedPath {
  readonly method: string;
  /** The rest of the path, after that which the handler is mounted at: `/:id/stream`. */
  readonly below: string;
  readonly body?: JsonSchema;
  /** True where it stops a stream, and sends none. */
  readonly stops?: true;
}
