import type { Subscription } from 'rxjs';
import type { ConnectionStatus, FromSseOptions } from '../../../lib/client/index.ts';
import { fromSse } from '../../../lib/client/index.ts';
import { tabsOf } from '../../../lib/client/tabs/tabs.ts';
import { type Feed, feed, memoryLog, sse } from '../../../lib/index.ts';
import { fetchOf } from '../../../lib/testing/index.ts';
import { publish, Ticks } from '../../http/ticks.ts';
import { FakeBrowser, type FakeTab } from './FakeBrowser.ts';

/** Waits for virtual time to pass. */
export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One tab of the origin, with what its subscriber received. */
export interface OpenedTab {
  readonly tab: FakeTab;
  readonly received: (number | string)[];
  readonly states: ConnectionStatus['state'][];
  readonly subscription: Subscription;
  /** The number of the first tick that it has to receive; `undefined` where the server decides. */
  readonly first: number | undefined;
  /** The number of the tick that follows those published when the tab had its first position. */
  next: number | undefined;
  cursor: string;
  /** The error of the stream, or its completion. */
  end: unknown;
}

/** A feed of ticks, and any number of tabs that share a connection to it. */
export class TestOrigin {
  readonly browser = new FakeBrowser();
  readonly ticks: Feed<typeof Ticks> = feed(Ticks, { log: memoryLog() });
  /** The requests that the server is answering now. */
  readonly requests = new Set<AbortSignal>();
  requestCount = 0;
  /** The most requests at once. */
  mostRequests = 0;
  /** Returns what the next requests get in place of the feed. */
  response: ((init: RequestInit) => Response | Promise<Response>) | undefined;
  #published = 0;

  get published(): number {
    return this.#published;
  }

  /** Publishes the next tick, and returns its cursor. */
  async publish(): Promise<string> {
    return publish(this.ticks, ++this.#published);
  }

  open(
    from: { readonly cursor: string; readonly first: number } | undefined,
    options: Partial<FromSseOptions> = {},
    key = 'user',
  ): OpenedTab {
    const tab = this.browser.open();
    const received: (number | string)[] = [];
    const states: ConnectionStatus['state'][] = [];
    const stream = fromSse('http://route.test/ticks', Ticks, {
      fetch: (input, init) => this.#fetch(tab, input, init),
      share: tabsOf(() => tab, { key }),
      lastEventId: from?.cursor,
      backoff: { initialDelay: 50, maxDelay: 200 },
      statusObserver: { next: ({ state }) => states.push(state) },
      cursorObserver: {
        next: (cursor) => {
          opened.cursor = cursor;
          opened.next ??= this.#published + 1;
        },
      },
      ...options,
    });
    const subscription = stream.subscribe({
      next: (event) => received.push('data' in event && event.type === 'tick' ? (event.data as number) : 'gap'),
      error: (error: unknown) => {
        opened.end = error;
      },
      complete: () => {
        opened.end = 'completed';
      },
    });
    const opened: OpenedTab = {
      tab,
      received,
      states,
      subscription,
      first: from?.first,
      next: undefined,
      cursor: from?.cursor ?? '',
      end: undefined,
    };
    return opened;
  }

  close(opened: OpenedTab): void {
    opened.tab.hide();
    opened.tab.kill();
    opened.subscription.unsubscribe();
  }

  /** Ends a tab without an event: its code does not run again, its connections and locks are gone. */
  crash(opened: OpenedTab): void {
    opened.tab.kill();
    opened.subscription.unsubscribe();
  }

  /** Cuts the connections of all tabs. */
  cut(): void {
    for (const request of [...this.requests]) request.dispatchEvent(new Event('cut'));
  }

  async #fetch(tab: FakeTab, input: string | Request, init: RequestInit): Promise<Response> {
    const network = new AbortController();
    const signal = init.signal as AbortSignal;
    const abort = (): void => {
      this.requests.delete(signal);
      network.abort();
    };
    signal.addEventListener('abort', abort);
    signal.addEventListener('cut', abort);
    this.requests.add(signal);
    this.requestCount++;
    this.mostRequests = Math.max(this.mostRequests, this.requests.size);
    if (this.response !== undefined) return this.response(init);
    const response = await fetchOf(sse({ retry: 20 }, this.ticks))(input, { ...init, signal: network.signal });
    const reader = response.body?.getReader();
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const result = await reader?.read();
        // What arrives in a frozen tab waits.
        await new Promise<void>((resolve) => tab.run(resolve));
        if (result === undefined || result.done) controller.close();
        else controller.enqueue(result.value);
      },
      cancel: () => reader?.cancel(),
    });
    return new Response(body, { status: response.status, headers: response.headers });
  }
}
