import type { LocksLike } from '../../../lib/client/tabs/Leadership.ts';
import type { ChannelLike, TabEnvironment } from '../../../lib/client/tabs/tabEnvironment.ts';

interface LockRequest {
  readonly tab: FakeTab;
  readonly callback: () => PromiseLike<void> | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The Web Locks and BroadcastChannels of one origin: requests are granted in order and in a later task, a lock can be
 * stolen, and a message arrives at each channel of its name but the sender's, as a structured clone, in order.
 *
 * @see https://www.w3.org/TR/web-locks/#algorithms
 */
export class FakeBrowser {
  readonly held = new Map<string, LockRequest>();
  readonly queues = new Map<string, LockRequest[]>();
  readonly channels = new Set<FakeChannel>();
  readonly tabs = new Set<FakeTab>();
  /** Whether the browser rejects locks or channels, as in a sandboxed frame. */
  denied: 'locks' | 'channels' | undefined;
  /** Whether some messages are lost and others arrive late, behind later ones; no browser does that. */
  isFaulty = false;
  #messages = 0;

  open(): FakeTab {
    const tab = new FakeTab(this);
    this.tabs.add(tab);
    return tab;
  }

  request(name: string, request: LockRequest, steal: boolean): void {
    if (this.denied === 'locks') return request.reject(new DOMException('denied', 'SecurityError'));
    const queue = this.queues.get(name) ?? [];
    this.queues.set(name, queue);
    if (steal) {
      const holder = this.held.get(name);
      this.held.delete(name);
      holder?.tab.run(() => holder.reject(new DOMException('the lock was stolen', 'AbortError')));
      queue.unshift(request);
    } else {
      queue.push(request);
    }
    this.grant(name);
  }

  grant(name: string): void {
    const request = this.held.has(name) ? undefined : this.queues.get(name)?.shift();
    if (request === undefined) return;
    this.held.set(name, request);
    request.tab.run(() => {
      if (this.held.get(name) !== request) return;
      const release = (): void => {
        request.resolve(undefined);
        if (this.held.get(name) !== request) return;
        this.held.delete(name);
        this.grant(name);
      };
      Promise.resolve(request.callback()).then(release, release);
    });
  }

  /** Delivers a message to another tab. */
  transmit(deliver: () => void): void {
    const n = this.isFaulty ? this.#messages++ : 0;
    if (n % 7 === 3) return;
    if (n % 5 === 4) setTimeout(deliver, 10);
    else deliver();
  }

  /** Releases what a closed or crashed tab has. */
  forget(tab: FakeTab): void {
    this.tabs.delete(tab);
    for (const channel of this.channels) if (channel.tab === tab) this.channels.delete(channel);
    for (const [name, queue] of this.queues) {
      this.queues.set(
        name,
        queue.filter((request) => request.tab !== tab),
      );
      if (this.held.get(name)?.tab !== tab) continue;
      this.held.delete(name);
      this.grant(name);
    }
  }
}

/** One tab: what runs in it does so in a later task, not while it is frozen, and never after it was killed. */
export class FakeTab extends EventTarget implements TabEnvironment {
  readonly document = new EventTarget();
  readonly BroadcastChannel: new (
    name: string,
  ) => ChannelLike;
  readonly navigator: { readonly locks: LocksLike };
  readonly browser: FakeBrowser;
  isFrozen = false;
  isKilled = false;
  #tasks: (() => void)[] = [];

  constructor(browser: FakeBrowser) {
    super();
    this.browser = browser;
    const tab = this;
    this.BroadcastChannel = class extends FakeChannel {
      constructor(name: string) {
        super(tab, name);
      }
    };
    this.navigator = {
      locks: {
        request: (name, { signal, steal = false }, callback) =>
          new Promise((resolve, reject) => {
            const request = { tab, callback, resolve, reject };
            signal?.addEventListener('abort', () => {
              const queue = browser.queues.get(name) ?? [];
              if (!queue.includes(request)) return;
              queue.splice(queue.indexOf(request), 1);
              reject(signal.reason);
            });
            browser.request(name, request, steal);
          }),
      },
    };
  }

  /** Runs work in a later task. */
  run(work: () => void): void {
    setTimeout(() => {
      if (this.isKilled) return;
      if (this.isFrozen) this.#tasks.push(work);
      else work();
    }, 1);
  }

  /** Dispatches `pagehide`, as when the user closes the tab or leaves the page. */
  hide(): void {
    this.dispatchEvent(new Event('pagehide'));
  }

  /** Dispatches `pageshow`, as when the user returns to a page that the browser has retained. */
  show(): void {
    this.dispatchEvent(new Event('pageshow'));
  }

  freeze(withEvent: boolean): void {
    if (withEvent) this.document.dispatchEvent(new Event('freeze'));
    this.isFrozen = true;
  }

  thaw(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    for (const task of this.#tasks.splice(0)) this.run(task);
    this.run(() => this.document.dispatchEvent(new Event('resume')));
  }

  kill(): void {
    this.isKilled = true;
    this.browser.forget(this);
  }
}

class FakeChannel implements ChannelLike {
  readonly tab: FakeTab;
  readonly name: string;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;

  constructor(tab: FakeTab, name: string) {
    if (tab.browser.denied === 'channels') throw new DOMException('denied', 'SecurityError');
    this.tab = tab;
    this.name = name;
    tab.browser.channels.add(this);
  }

  postMessage(message: unknown): void {
    const { tab, name } = this;
    if (!tab.browser.channels.has(this)) throw new DOMException('the channel is closed', 'InvalidStateError');
    for (const other of tab.browser.channels) {
      if (other === this || other.name !== name) continue;
      const data = structuredClone(message);
      const receive = (): void => {
        if (tab.browser.channels.has(other)) other.onmessage?.({ data });
      };
      tab.browser.transmit(() => other.tab.run(receive));
    }
  }

  close(): void {
    this.tab.browser.channels.delete(this);
  }
}
