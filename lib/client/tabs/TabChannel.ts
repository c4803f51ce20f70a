import type { ChannelLike, TabEnvironment } from './tabEnvironment.ts';
import type { LeaderMessage, TabQuestion } from './tabMessages.ts';

/** The channel to the other tabs, while it is open. */
export class TabChannel {
  readonly #environment: TabEnvironment;
  readonly #name: string;
  readonly #onMessage: (message: LeaderMessage | TabQuestion) => void;
  #channel: ChannelLike | undefined;

  constructor(environment: TabEnvironment, name: string, onMessage: (message: LeaderMessage | TabQuestion) => void) {
    this.#environment = environment;
    this.#name = name;
    this.#onMessage = onMessage;
  }

  /** Returns false where the browser allows no channel, as some do in a sandboxed frame. */
  open(): boolean {
    try {
      this.#channel = new this.#environment.BroadcastChannel(this.#name);
    } catch {
      return false;
    }
    this.#channel.onmessage = ({ data }) => this.#onMessage(data as LeaderMessage | TabQuestion);
    return true;
  }

  post(message: LeaderMessage | TabQuestion): void {
    this.#channel?.postMessage(message);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}
