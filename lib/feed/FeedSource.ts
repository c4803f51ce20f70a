import type { AnyObservable } from '../operator/observableFrom.ts';

/** The argument of a function that creates the source of a feed for each attempt. @category feed */
export interface SourceContext {
  /** The cursor of the newest entry, after which the source continues; `undefined` when there is none. */
  readonly lastCursor: string | undefined;
  /** 0 for the first attempt, then the restarts in a row: 1 again after a stable attempt. */
  readonly attempt: number;
  /** Aborted when the source is unsubscribed from. */
  readonly signal: AbortSignal;
}

/** Where the events of a feed come from: an Observable, or a function that returns an Observable or an iterable. @category feed */
export type FeedSource<T> =
  | AnyObservable<T>
  | ((context: SourceContext) => AnyObservable<T> | AsyncIterable<T> | (Iterable<T> & object));
