import type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
import type { Contract } from '../event/events.ts';
import type { AnyHandler, AnyReceiveHandler, AnyStopHandler } from '../sink/handler.ts';

/** A handler that `sse`, `receive` or `stop` returned, alone or with what it does not know of itself. @category contract */
export type MountedRoute =
  | AnyHandler
  | AnyReceiveHandler
  | AnyStopHandler
  | {
      readonly handler: AnyHandler | AnyReceiveHandler | AnyStopHandler;
      /** The events of the route, where a function chooses the stream or the feed for each request. */
      readonly events?: Contract;
      /**
       * The methods for which the app mounts the handler.
       *
       * @default those that the handler answers: of `sse` its `methods`, POST of `receive`, and DELETE of `stop`
       */
      readonly methods?: readonly string[];
      /** A sentence on the route. */
      readonly description?: string;
    };

/** Routes by their path, as clients see it: `/rooms/:room`. A path with several handlers has an array of them. @category contract */
export type ContractRoutes = Readonly<Record<string, MountedRoute | readonly MountedRoute[]>>;

/** The texts of a contract page. @category contract */
export interface ContractOptions {
  /** The title of the page and of the documents. @default 'Streams' */
  readonly title?: string;
  /** The version of the documents. @default '1.0.0' */
  readonly version?: string;
  /** A text at the start of the page and of the documents. @default none */
  readonly description?: string;
  /** Texts on events and on the fields of their data, by `event` and `event.field`. @default none */
  readonly descriptions?: Readonly<Record<string, string>>;
  /** Data of events as JSON, by the name of the event. @default made from the types; none where the codec refuses that */
  readonly examples?: Readonly<Record<string, unknown>>;
  /**
   * JSON Schemas of custom codecs and of refinements, by the name of the codec: the library cannot know what such a codec
   * accepts. @default any value for a custom codec, and the type without the check for a refinement
   */
  readonly schemas?: Readonly<Record<string, JsonSchema>>;
}
