import { asyncScheduler } from 'rxjs';
import type { ConnectionStatus } from '../ConnectionStatus.ts';
import type { Reconnector } from '../Reconnector.ts';
import { type LeaderMessage, type RelayedStatus, relayedStatus, type TabPosition } from './tabMessages.ts';

/** Has the position of a tab, and sends it to the others with its entries and its status, while it leads. */
export class LeaderRelay implements TabPosition {
  readonly #client: Reconnector;
  readonly #post: (message: LeaderMessage) => void;
  #term = 0;
  #count = 0;
  #status: RelayedStatus | undefined;
  /** The id after the last message of the connection. */
  #before: string | undefined;
  /** Whether this tab leads. */
  isLeading = false;
  isExact = true;

  constructor(client: Reconnector, post: (message: LeaderMessage) => void) {
    this.#client = client;
    this.#post = post;
  }

  get id(): string {
    return this.#client.lastEventId;
  }

  /** Starts to lead, with a number above that of all leaders before. */
  start(lastTerm: number): void {
    this.isLeading = true;
    this.#term = Math.max(asyncScheduler.now(), lastTerm + 1, this.#term + 1);
    this.#count = 0;
  }

  /** Records that a connection is made: its first message may have the id that the request sent. */
  onConnect(): void {
    this.#before = undefined;
  }

  /** Records and sends an entry of the stream. Without a position no tab could follow. */
  relay(entry: Pick<LeaderMessage, 'message' | 'skipped'>): void {
    const { id } = this;
    this.isExact = entry.message?.id === id && this.#before !== id;
    this.#before = id;
    if (id !== '') this.#send(1, entry);
  }

  /** Sends the position and the status. */
  announce(): void {
    this.#send(0, this.#status && { status: this.#status });
  }

  /** Records the status of the tab's own connection; its end is that of this tab alone. */
  setStatus(status: ConnectionStatus): void {
    if (status.state === 'paused' || status.state === 'ended') return;
    this.#status = relayedStatus(status, (this.#status?.number ?? 0) + 1);
    this.announce();
  }

  /** Whether the tab's own connection is open. */
  get isOpen(): boolean {
    return this.#status?.state === 'open';
  }

  #send(entries: 0 | 1, rest: Pick<LeaderMessage, 'message' | 'skipped' | 'status'> | undefined): void {
    if (!this.isLeading) return;
    this.#count += entries;
    this.#post({ term: this.#term, count: this.#count, id: this.id, isExact: this.isExact, ...rest });
  }
}
