import type { Subscription } from 'rxjs';
import type { Connectable } from '../ClientTransport.ts';
import { addListener } from '../page.ts';
import type { TabEnvironment } from './tabEnvironment.ts';

/** Is notified when a page starts and stops to take part. */
interface ActivePageObserver {
  readonly onActive: () => void;
  readonly onInactive: () => void;
}

/**
 * Connects while its client wants to be connected and the page runs: not while the browser has frozen it, or has put it
 * into its cache for back and forward, which takes no page that holds a lock.
 *
 * @see https://wicg.github.io/page-lifecycle/
 */
export class ActivePage implements Connectable {
  readonly #observer: ActivePageObserver;
  #isConnected = false;
  #isStopped = false;
  #isActive = false;

  /** @param owner what the listeners end with */
  constructor(environment: TabEnvironment, owner: Subscription, observer: ActivePageObserver) {
    this.#observer = observer;
    const { document } = environment;
    const onChange = (isStopped: boolean) => (): void => {
      this.#isStopped = isStopped;
      this.#update();
    };
    addListener(environment, 'pagehide', onChange(true), owner);
    addListener(environment, 'pageshow', onChange(false), owner);
    if (document !== undefined) {
      addListener(document, 'freeze', onChange(true), owner);
      addListener(document, 'resume', onChange(false), owner);
    }
    owner.add(() => this.disconnect());
  }

  connect(): void {
    this.#isConnected = true;
    this.#update();
  }

  disconnect(): void {
    this.#isConnected = false;
    this.#update();
  }

  #update(): void {
    const isActive = this.#isConnected && !this.#isStopped;
    if (isActive === this.#isActive) return;
    this.#isActive = isActive;
    if (isActive) this.#observer.onActive();
    else this.#observer.onInactive();
  }
}
