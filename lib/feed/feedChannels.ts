import { noop, type Observable } from 'rxjs';
import { diagnosticsChannel } from '../data/diagnosticsChannel.ts';
import { cursorOf } from '../event/cursor.ts';
import type { EncodedEvent } from '../event/encodeEvent.ts';
import type { Appended } from '../log/EventLog.ts';
import { clock } from '../time/clock.ts';
import { utf8Length } from '../wire/utf8.ts';

/** The names of a feed in messages. @category feed */
export interface FeedMessage {
  /** The names of its first three events, as in reported errors: `order_paid, order_sent`. */
  readonly feed: string;
  /** The key of the feed in its family (`feeds`); `undefined` for a feed of its own. */
  readonly key: string | undefined;
}

/**
 * The log has stored what was appended at once: by `publish`, by `receive` or by the source of the feed. Of requests with
 * one idempotency key each has a message, with the cursor of the first.
 *
 * @category feed
 */
export interface FeedPublishMessage extends FeedMessage {
  /** How many events. */
  readonly events: number;
  /** The size of their encoded data, in bytes. */
  readonly bytes: number;
  /** The cursor of the last one. */
  readonly cursor: string;
  /** How many readers the feed has in this process. */
  readonly readers: number;
  /** Milliseconds from the append until it was stored. */
  readonly duration: number;
}

/** The feed has passed an error to its `onError`, or has reported it where there is none. @category feed */
export interface FeedErrorMessage extends FeedMessage {
  readonly error: unknown;
}

/** The channels of feeds. The stream of one request that is retained for its reader publishes nothing on them. */
export const feedChannels = {
  publish: diagnosticsChannel<FeedPublishMessage>('rxsse:feed:publish'),
  error: diagnosticsChannel<FeedErrorMessage>('rxsse:feed:error'),
};

/** Publishes a message when the log has stored events. */
export function publishStored(
  appended: Observable<Appended>,
  events: readonly EncodedEvent[],
  startedAt: number,
  names: FeedMessage,
  feed: { readonly readers: number },
): void {
  if (events.length === 0) return;
  const bytes = events.reduce((sum, { data }) => sum + utf8Length(data), 0);
  const onStored = ({ epoch, last }: Appended): void => {
    const duration = clock.now() - startedAt;
    const facts = { events: events.length, bytes, cursor: cursorOf(epoch, last), readers: feed.readers, duration };
    feedChannels.publish?.publish(Object.freeze({ ...names, ...facts }));
  };
  // A failure is reported by the subscriber that appended.
  appended.subscribe({ next: onStored, error: noop });
}
