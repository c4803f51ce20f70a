import { hasEntry, type LeaderMessage, type TabPosition } from './tabMessages.ts';

/** The most entries, and the most characters of their data, that a tab holds while it catches up with the leader. */
const maxEntries = 1000;
const maxDataLength = 1 << 20;

/**
 * Holds what a tab has received from the leader, and may not deliver before it has caught up: the newest entries, without
 * a hole.
 */
export class RelayedEntries {
  #messages: LeaderMessage[] = [];
  #length = 0;
  /** The leader's number; only a later leader, which has a higher one, replaces it. */
  term = 0;
  #count = -1;

  /** Records a message. Returns true if it follows the one before it: the same leader, and nothing was lost. */
  isNext(message: LeaderMessage): boolean {
    const isNext = message.term === this.term && message.count === this.#count + (hasEntry(message) ? 1 : 0);
    this.term = message.term;
    this.#count = message.count;
    return isNext;
  }

  push(message: LeaderMessage): void {
    this.#messages.push(message);
    this.#length += dataLength(message);
    while (this.#messages.length > maxEntries || this.#length > maxDataLength) {
      this.#length -= dataLength(this.#messages.shift() as LeaderMessage);
    }
  }

  clear(): void {
    this.#messages = [];
    this.#length = 0;
  }

  /** Removes and returns what follows a position; `undefined` where the leader is behind it, or too far ahead. */
  takeAfter({ id, isExact }: TabPosition): readonly LeaderMessage[] | undefined {
    const isKnown = id !== '' && isExact;
    const at = isKnown ? this.#messages.findIndex((message) => message.isExact && message.id === id) : -1;
    if (at < 0) return undefined;
    const following = this.#messages.slice(at + 1);
    this.clear();
    return following;
  }
}

function dataLength({ message, skipped = '' }: LeaderMessage): number {
  return (message?.data ?? skipped).length;
}
