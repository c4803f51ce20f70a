import { Observable } from 'rxjs';
import { checkOptions } from '../../data/checkOptions.ts';
import type { ClientFetchOptions, ConnectionSharing } from '../FromSseOptions.ts';
import type { Sharing } from '../Sharing.ts';
import { SharingTab } from './SharingTab.ts';
import { type TabEnvironment, tabEnvironment } from './tabEnvironment.ts';

/** Which subscribers share a connection. @category client */
export interface TabsOptions {
  /**
   * Distinguishes connections to the same URL: only subscribers with the same key share one. Necessary with the options
   * `headers` and `fetch`, or where the target is a function, since tabs may then have different ones; the id of the user who
   * has signed in, for example. A page whose users may change without a reload of all its tabs needs it with cookies, too.
   *
   * @default none: subscribers with the same URL, `credentials` and limits of an event share a connection
   */
  readonly key?: string;
}

/**
 * Shares one connection among all tabs of an origin: the `share` of {@link fromSse}.
 *
 * Over HTTP/1.1 a browser opens six connections to a host, for all tabs together, so that the seventh tab with a stream
 * would wait without end. With it one of the tabs, the leader, has the connection, and relays what it receives. Each tab
 * decodes for itself, and has its own position, observers and policies: it receives exactly what it would receive over a
 * connection of its own, nothing twice and nothing missing, also when the leader is closed, crashes or is frozen. Then
 * another tab leads, and resumes from its own position.
 *
 * A tab that joins makes one short request, one tab at a time: the server decides where it starts, as always. When it
 * has reached a position that the leader has also reached, it continues with what the leader relays. A stream whose
 * events have no ids is not shared: each tab continues over its own connection.
 *
 * Without the Web Locks or BroadcastChannel of a browser, as in Node, on pages that were loaded over plain http from another
 * host than localhost, and in sandboxed frames, each subscriber has its own connection.
 *
 * @example Any number of tabs, one connection
 * const orders = fromSse('/orders', Orders, { share: tabs() });
 *
 * @throws TypeError when `fromSse` is called with a method other than GET, a body or a `Request`, which are not
 * shared, and with `headers`, `fetch` or a function as its target without a `key`.
 * @category client
 */
export function tabs(options: TabsOptions = {}): ConnectionSharing {
  return tabsOf(tabEnvironment, options);
}

/** Shares connections among the tabs of an environment. */
export function tabsOf(environmentOf: () => TabEnvironment | undefined, options: TabsOptions): Sharing {
  checkOptions('tabs', options, { key: 'string' });
  return {
    _tag: 'ConnectionSharing',
    share: (target, clientOptions, connect) => {
      const nameOf = nameFor(target, clientOptions, options.key);
      const unshared = connect(clientOptions);
      const { statusObserver } = clientOptions;
      return new Observable((subscriber) => {
        const environment = environmentOf();
        if (environment === undefined) return unshared.subscribe(subscriber);
        let tab: SharingTab | undefined;
        const shared = {
          ...clientOptions,
          statusObserver: {
            next: (status: Parameters<SharingTab['onStatus']>[0]) => {
              statusObserver?.next(status);
              tab?.onStatus(status);
            },
          },
        };
        return connect(shared, (transport, client) => {
          tab = new SharingTab(nameOf(), environment, clientOptions, transport, client);
          return tab.transport;
        }).subscribe(subscriber);
      });
    },
  };
}

/** Returns the name of what is shared. @throws TypeError for a request that cannot be shared, or needs a key. */
function nameFor(target: unknown, options: ClientFetchOptions, key: string | undefined): () => string {
  const { method = 'GET', body, headers, fetch, credentials = 'same-origin', maxEventBytes, maxLineBytes } = options;
  if (!/^get$/i.test(method) || body !== undefined || target instanceof Request) {
    throw new TypeError('fromSse: share takes GET requests with a URL, got another request; leave share out');
  }
  const part = headers ? 'headers' : fetch ? 'fetch' : typeof target === 'function' && 'a function as the target';
  if (key === undefined && part) {
    throw new TypeError(`fromSse: share needs a key with ${part}; use tabs({ key }) with the id of the user`);
  }
  return () => {
    // The number is that of the format of messages: tabs of different versions of a page share nothing. The URL is resolved as
    // fetch does it.
    const url = typeof target === 'function' ? '' : new Request(String(target)).url;
    return `rxsse 1 ${JSON.stringify([url, credentials, key, `${maxEventBytes} ${maxLineBytes}`])}`;
  };
}
