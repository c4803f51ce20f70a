import { randomUUID } from 'node:crypto';
import {
  catchError,
  concat,
  filter,
  map,
  type Observable,
  of,
  type Subscription,
  switchMap,
  takeWhile,
  timer,
  toArray,
} from 'rxjs';
import { feeds, isGap } from 'rxsse';
import { answer, type Grouping, groupTokens } from './answer.ts';
import { Chat, type ChatEvent } from './events.ts';
import type { ChatMessage, Model } from './Model.ts';
import { messageOf } from './ModelError.ts';

export interface RelayOptions extends Partial<Grouping> {
  readonly model: Model;
  /** How long an answer continues without a reader, in milliseconds; 0 cancels it at once. @default Infinity */
  readonly linger?: number;
  /** The most answers at once. @default 100 */
  readonly max?: number;
  /** Called with the details of a failure, which readers do not get. @default not called */
  readonly onError?: (error: unknown) => void;
}

/** The most messages of a conversation that the model gets, the newest ones. */
const maxMessages = 40;

/** The answers of a model, each in the feed of its conversation, independent of its readers and their connections. */
export class Relay {
  readonly conversations = feeds(Chat, { idleTimeout: 10 * 60_000, maxFeeds: 1000 });
  readonly #options: Required<RelayOptions>;
  readonly #running = new Map<string, { readonly run: string; readonly answering: Subscription }>();
  readonly #readers = new Map<string, number>();
  readonly #lingering = new Map<string, Subscription>();

  constructor(options: RelayOptions) {
    this.#options = { linger: Infinity, max: 100, maxDelay: 100, maxBytes: 512, onError: () => {}, ...options };
  }

  /** Starts an answer; returns why not where one is running, or too many are. */
  ask(conversation: string, text: string): 'asked' | 'busy' | 'full' {
    if (this.#running.has(conversation)) return 'busy';
    if (this.#running.size >= this.#options.max) return 'full';
    const feed = this.conversations.get(conversation);
    const run = randomUUID();
    const answering = this.#answer(conversation, run, text).subscribe((event) => feed.publish(event));
    // An answer that has completed already is not retained.
    if (answering.closed) return 'asked';
    this.#running.set(conversation, { run, answering });
    answering.add(() => this.#running.delete(conversation));
    return 'asked';
  }

  /** Cancels an answer and publishes an event about it. */
  stop(
    conversation: string,
    eventOf: (run: string) => ChatEvent = (run) => Chat.Done({ run, reason: 'stopped' }),
  ): void {
    const running = this.#running.get(conversation);
    running?.answering.unsubscribe();
    if (running !== undefined) this.conversations.get(conversation).publish(eventOf(running.run));
  }

  /** Called when a reader has connected. */
  joined(conversation: string): void {
    this.#lingering.get(conversation)?.unsubscribe();
    this.#readers.set(conversation, (this.#readers.get(conversation) ?? 0) + 1);
  }

  /** Called when a reader has disconnected; after the last one the answer continues for `linger`. */
  left(conversation: string): void {
    const readers = (this.#readers.get(conversation) ?? 1) - 1;
    if (readers > 0) return void this.#readers.set(conversation, readers);
    this.#readers.delete(conversation);
    const { linger } = this.#options;
    if (linger === Infinity || !this.#running.has(conversation)) return;
    if (linger === 0) return this.#abandon(conversation);
    const lingering = timer(linger).subscribe(() => this.#abandon(conversation));
    this.#lingering.set(conversation, lingering);
    lingering.add(() => this.#lingering.delete(conversation));
  }

  close(): void {
    for (const { answering } of [...this.#running.values()]) answering.unsubscribe();
    for (const lingering of [...this.#lingering.values()]) lingering.unsubscribe();
    this.conversations.close();
  }

  #abandon(conversation: string): void {
    this.stop(conversation, (run) =>
      Chat.RunFailed({ run, message: 'The answer was stopped because no page was reading it.' }),
    );
  }

  /** Returns the question and the answer of the model, which gets the conversation from the feed. */
  #answer(conversation: string, run: string, text: string): Observable<ChatEvent> {
    const { model, onError, maxDelay, maxBytes } = this.#options;
    const answered = this.#history(conversation, run).pipe(
      switchMap((messages) => answer(model, messages, run)),
      catchError((error) => {
        onError(error);
        return of(Chat.RunFailed({ run, message: messageOf(error) }));
      }),
      groupTokens({ maxDelay, maxBytes }),
    );
    return concat(of(Chat.Asked({ run, text })), answered);
  }

  #history(conversation: string, run: string): Observable<readonly ChatMessage[]> {
    return this.conversations
      .get(conversation)
      .events({ from: 'oldest' })
      .pipe(
        filter((event) => !isGap(event)),
        takeWhile((event) => !(event.type === 'asked' && event.data.run === run), true),
        toArray(),
        map(messagesOf),
      );
  }
}

/** Converts events to messages, in order; an interrupted answer counts as far as it came. */
function messagesOf(events: readonly ChatEvent[]): readonly ChatMessage[] {
  const messages: { role: ChatMessage['role']; content: string }[] = [];
  for (const event of events) {
    const last = messages.at(-1);
    if (event.type === 'asked') messages.push({ role: 'user', content: event.data.text });
    else if (event.type !== 'token') continue;
    else if (last?.role === 'assistant') last.content += event.data.text;
    else messages.push({ role: 'assistant', content: event.data.text });
  }
  return messages.slice(-maxMessages);
}
