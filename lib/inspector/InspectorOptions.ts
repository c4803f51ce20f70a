import type { AnyFeed } from '../feed/coreOf.ts';
import type { AnyFeeds } from '../feed/internalsOf.ts';
import type { AnyHandler } from '../sink/handler.ts';
import type { SseRequest } from '../sink/SseRequest.ts';

/** Says what an inspector shows, and to which requests. @category inspector */
export interface InspectorOptions<R = SseRequest> {
  /**
   * The feeds that have a lane each, by the name that the page shows. A family of `feeds` has one lane, on which the events
   * have the keys of their feeds: those of the 32 feeds that were published to last, and of the others their number.
   *
   * @default none
   */
  readonly feeds?: Readonly<Record<string, AnyFeed | AnyFeeds>>;
  /** The handlers that `sse` returned, by the name that the page shows, such as their path: each has a lane, and its readers are listed. @default none */
  readonly routes?: Readonly<Record<string, AnyHandler>>;
  /**
   * The names of `watch` that have a lane, where the process has points of other apps as well, whose values this inspector
   * is not to show.
   *
   * @default all of the process
   */
  readonly watches?: readonly string[];
  /**
   * Returns whether a request may see the inspector; what it rejects or throws goes to `next`. A request that may not is
   * answered 403.
   *
   * @default everybody; where `NODE_ENV` is `production`, the inspector is not created without it
   */
  readonly authorize?: (request: R) => boolean | Promise<boolean>;
  /**
   * Shows the data of events: all of it, or what the function returns for an event, whose `data` is JSON. At most 2000
   * characters of each are sent to the page.
   *
   * @default false: names, sizes and cursors
   */
  readonly payloads?: boolean | ((event: { readonly type: string; readonly data: unknown }) => unknown);
  /** Names a reader in the list. @default the method and path of its request, without the query */
  readonly label?: (request: R) => string;
  /**
   * Lets the page act on the app: publish a test event, cut a reader, make a reader slow, restart the source of a feed.
   *
   * @default false
   */
  readonly actions?: boolean;
}
