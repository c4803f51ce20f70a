import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import { BehaviorSubject, type Observable, Subject } from 'rxjs';
import {
  type ConnectionStatus,
  type EventSourceLike,
  fromEventSource,
  fromSse,
  type RawEvent,
} from '../../lib/client/index.ts';
import type { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { type EventOf, events } from '../../lib/event/events.ts';
import type { Gap } from '../../lib/event/Gap.ts';

const Chat = events({ Said: { text: t.string }, Left: t.null });
type Chat = EventOf<typeof Chat>;

// A gap is in the type, and so are raw events where a policy lets them in.
expectTypeOf(fromSse('/chat', Chat)).toEqualTypeOf<Observable<Chat | Gap>>();
expectTypeOf(fromSse('/chat', Chat, {})).toEqualTypeOf<Observable<Chat | Gap>>();
expectTypeOf(fromSse('/chat', Chat, { method: 'POST', body: '{}' })).toEqualTypeOf<Observable<Chat | Gap>>();
expectTypeOf(fromSse('/chat', Chat, { unknownEvents: 'error' })).toEqualTypeOf<Observable<Chat | Gap>>();
expectTypeOf(fromSse('/chat', Chat, { invalidEvents: 'raw' })).toEqualTypeOf<Observable<Chat | Gap | RawEvent>>();
expectTypeOf(fromSse('/chat', Chat, { unknownEvents: 'raw', invalidEvents: 'error' })).toEqualTypeOf<
  Observable<Chat | Gap | RawEvent>
>();
declare const native: EventSourceLike;
expectTypeOf(fromEventSource(() => native, Chat)).toEqualTypeOf<Observable<Chat | Gap>>();
expectTypeOf(fromEventSource(() => native, Chat, { unknownEvents: 'raw' })).toEqualTypeOf<
  Observable<Chat | Gap | RawEvent>
>();

// The URL, the request and the options.
fromSse(new URL('http://127.0.0.1/'), Chat);
fromSse(new Request('http://127.0.0.1/', { method: 'POST' }), Chat);
fromSse(() => '/chat', Chat);
fromSse(async () => new URL('http://127.0.0.1/'), Chat);
fromSse('/chat', Chat, { fetch, headers: [['a', 'b']], credentials: 'include' });
fromSse('/chat', Chat, { headers: async (failure) => ({ a: String(failure?.status) }) });
fromSse('/chat', Chat, {
  headers: (failure) => {
    expectTypeOf(failure).toEqualTypeOf<ConnectionError | undefined>();
    return new Headers();
  },
});
fromSse('/chat', Chat, { lastEventId: null, body: () => new Blob([]).stream() });

// Any observer is accepted.
fromSse('/chat', Chat, {
  statusObserver: new BehaviorSubject<ConnectionStatus>({ state: 'paused' }),
  cursorObserver: new Subject<string>(),
});
fromSse('/chat', Chat, {
  statusObserver: { next: (status) => expectTypeOf(status).toEqualTypeOf<ConnectionStatus>() },
});

export function shown(event: Chat | Gap): string {
  switch (event.type) {
    case 'said':
      return event.data.text;
    case 'left':
      return '';
    case 'rxsse.gap':
      return event.data.reason;
  }
}

// @ts-expect-error the gap is not handled
export function unmindful(event: Chat | Gap): string {
  switch (event.type) {
    case 'said':
      return event.data.text;
    case 'left':
      return '';
  }
}

export function textOf(status: ConnectionStatus): string {
  switch (status.state) {
    case 'connecting':
      return status.lastEventId;
    case 'open':
      return status.resume ?? '';
    case 'retrying':
      return `${status.error.reason} ${status.at.toISOString()}`;
    case 'paused':
      return '';
    case 'ended':
      // @ts-expect-error only a failed stream has an error
      if (status.reason === 'unsubscribed') return String(status.error);
      return status.reason === 'failed' ? String(status.error) : status.reason;
  }
}

// @ts-expect-error a contract, and not its definitions
fromSse('/chat', { Said: { text: t.string } });
// @ts-expect-error no such policy
fromSse('/chat', Chat, { unknownEvents: 'ignore' });
// @ts-expect-error a misspelt option
fromSse('/chat', Chat, { retires: {} });
// @ts-expect-error no such event
fromSse('/chat', Chat).subscribe((event) => event.type === 'sung');
// @ts-expect-error a status has no such state
fromSse('/chat', Chat, { statusObserver: { next: (status) => status.state === 'closed' } });
// @ts-expect-error a function that creates an EventSource, since each reconnect needs another one
fromEventSource(native, Chat);
// @ts-expect-error it has no headers
fromEventSource(() => native, Chat, { headers: {} });
