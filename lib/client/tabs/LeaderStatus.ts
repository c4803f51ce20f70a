import type { NextObserver } from 'rxjs';
import type { ConnectionStatus } from '../ConnectionStatus.ts';
import { type RelayedStatus, receivedStatus } from './tabMessages.ts';

/** The status of the leader, as one of the other tabs knows it, and shows it to its observer. */
export class LeaderStatus {
  readonly #observer: NextObserver<ConnectionStatus> | undefined;
  /** `undefined` until the leader has sent it. */
  current: RelayedStatus | undefined;
  /** The number of the status that the observer was notified of. */
  #shown = 0;

  constructor(observer: NextObserver<ConnectionStatus> | undefined) {
    this.#observer = observer;
  }

  /** Shows the status again: another leader, or another connection of this tab. */
  reset(isKnown: boolean): void {
    if (!isKnown) this.current = undefined;
    this.#shown = 0;
  }

  /** @param isShown whether the observer knows the status already, from the tab's own connection */
  show(isShown = false): void {
    if (this.current === undefined || this.current.number === this.#shown) return;
    this.#shown = this.current.number;
    if (!isShown) this.#observer?.next(receivedStatus(this.current));
  }
}
