import type { ConnectionError } from '../error/ConnectionError.ts';

/**
 * Says what a client is doing; narrows on `state`. The `statusObserver` receives it.
 *
 * `connecting`: a request is made · `open`: the response is a stream · `retrying`: a connection was lost, or could not
 * be made, and another request follows after a delay · `paused`: the page is hidden and nothing is connected until it
 * is visible · `ended`: nothing follows, since the server completed the stream, or the stream failed with `error`, or
 * the subscriber unsubscribed.
 *
 * @category client
 */
export type ConnectionStatus =
  | {
      readonly state: 'connecting';
      /** Failures in a row before this request. */
      readonly attempt: number;
      /** The position sent with the request; `''` is none. */
      readonly lastEventId: string;
    }
  | {
      readonly state: 'open';
      /**
       * How the server resumed: `live`, `exact` or `gap;reason=…`. `undefined` for servers other than this library's,
       * and where a page may not read the header of another origin.
       */
      readonly resume: string | undefined;
      /** The headers of the response; `undefined` from {@link fromEventSource}, which cannot read them. */
      readonly headers: Headers | undefined;
    }
  | {
      readonly state: 'retrying';
      readonly error: ConnectionError;
      /** Failures in a row, including this one. */
      readonly attempt: number;
      /** The wait before the next request, in milliseconds. */
      readonly delay: number;
      /** When the next request is made. */
      readonly at: Date;
    }
  | { readonly state: 'paused' }
  | { readonly state: 'ended'; readonly reason: 'completed' | 'unsubscribed' }
  | { readonly state: 'ended'; readonly reason: 'failed'; readonly error: unknown };
