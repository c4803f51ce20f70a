import { asyncScheduler } from 'rxjs';
import type { ConnectionStatus } from '../ConnectionStatus.ts';
import { type LeaderMessage, type RelayedStatus, relayedStatus } from './tabMessages.ts';

/** Sends the entries, the position and the status of a tab to the others, while it leads. */
export class LeaderRelay {
  readonly #post: (message: LeaderMessage) => void;
  #term = 0;
  #count = 0;
  #status: RelayedStatus | undefined;
  /** Whether this tab leads. */
  isLeading = false;

  constructor(post: (message: LeaderMessage) => void) {
    this.#post = post;
  }

  /** Starts to lead, with a number above that of all leaders before. */
  start(lastTerm: number): void {
    this.isLeading = true;
    this.#term = Math.max(asyncScheduler.now(), lastTerm + 1, this.#term + 1);
    this.#count = 0;
  }

  /** Sends an entry of the stream, with the position after it. Without a position no tab could follow. */
  relay(id: string, entry: Pick<LeaderMessage, 'message' | 'skipped'>): void {
    if (this.isLeading && id !== '') this.#post({ term: this.#term, count: ++this.#count, id, ...entry });
  }

  /** Sends the position and the status. */
  announce(id: string): void {
    if (!this.isLeading) return;
    this.#post({ term: this.#term, count: this.#count, id, ...(this.#status && { status: this.#status }) });
  }

  /** Records the status of the tab's own connection; its end is that of this tab alone. */
  setStatus(status: ConnectionStatus, id: string): void {
    if (status.state === 'paused' || status.state === 'ended') return;
    this.#status = relayedStatus(status, (this.#status?.number ?? 0) + 1);
    this.announce(id);
  }

  /** Whether the tab's own connection is open. */
  get isOpen(): boolean {
    return this.#status?.state === 'open';
  }
}
