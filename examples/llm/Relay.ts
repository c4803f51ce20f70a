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
import { toldOf } from './ModelError.ts';

export interface RelayOptions extends Partial<Grouping> {
  readonly model: Model;
  /** How long an answer goes on when nobody reads it, in milliseconds; 0 cancels it at once. @default Infinity */
  readonly grace?: number;
  /** Answers at a time, at most. @default 100 */
  readonly max?: number;
  /** Hears what readers are not told of a failure. @default nobody */
  readonly onError?: (error: unknown) => void;
}

/** What a model is told of a long conversation: so many messages, the newest. */
const remembered = 40;

/** Answers of a model, each in the feed of its conversation, whoever reads it there and however often they come back. */
export class Relay {
  readonly conversations = feeds(Chat, { idleTimeout: 10 * 60_000, maxFeeds: 1000 });
  readonly #options: Required<RelayOptions>;
  readonly #running = new Map<string, { readonly run: string; readonly answering: Subscription }>();
  readonly #readers = new Map<string, number>();
  readonly #leaving = new Map<string, Subscription>();

  constructor(options: RelayOptions) {
    this.#options = { grace: Infinity, max: 100, every: 100, bytes: 512, onError: () => {}, ...options };
  }

  /** Begins an answer; says why not where one is under way, or too many are. */
  ask(conversation: string, text: string): 'asked' | 'busy' | 'full' {
    if (this.#running.has(conversation)) return 'busy';
    if (this.#running.size >= this.#options.max) return 'full';
    const feed = this.conversations.get(conversation);
    const run = randomUUID();
    const answering = this.#answer(conversation, run, text).subscribe((event) => feed.publish(event));
    // An answer that is over by now has nothing to be kept for.
    if (answering.closed) return 'asked';
    this.#running.set(conversation, { run, answering });
    answering.add(() => this.#running.delete(conversation));
    return 'asked';
  }

  /** Cancels an answer, and tells its readers. */
  stop(conversation: string, said: (run: string) => ChatEvent = (run) => Chat.Done({ run, reason: 'stopped' })): void {
    const running = this.#running.get(conversation);
    running?.answering.unsubscribe();
    if (running !== undefined) this.conversations.get(conversation).publish(said(running.run));
  }

  /** A reader has come. */
  joined(conversation: string): void {
    this.#leaving.get(conversation)?.unsubscribe();
    this.#readers.set(conversation, (this.#readers.get(conversation) ?? 0) + 1);
  }

  /** A reader has left; after the last one the answer goes on for `grace`. */
  left(conversation: string): void {
    const readers = (this.#readers.get(conversation) ?? 1) - 1;
    if (readers > 0) return void this.#readers.set(conversation, readers);
    this.#readers.delete(conversation);
    const { grace } = this.#options;
    if (grace === Infinity || !this.#running.has(conversation)) return;
    if (grace === 0) return this.#abandon(conversation);
    const leaving = timer(grace).subscribe(() => this.#abandon(conversation));
    this.#leaving.set(conversation, leaving);
    leaving.add(() => this.#leaving.delete(conversation));
  }

  close(): void {
    for (const { answering } of [...this.#running.values()]) answering.unsubscribe();
    for (const leaving of [...this.#leaving.values()]) leaving.unsubscribe();
    this.conversations.close();
  }

  #abandon(conversation: string): void {
    this.stop(conversation, (run) =>
      Chat.RunFailed({ run, message: 'Nobody was reading any more, so the answer was stopped.' }),
    );
  }

  /** The question, and what the model says to it: to the conversation as its own feed remembers it. */
  #answer(conversation: string, run: string, text: string): Observable<ChatEvent> {
    const { model, onError, every, bytes } = this.#options;
    const said = this.#history(conversation, run).pipe(
      switchMap((messages) => answer(model, messages, run)),
      catchError((error) => {
        onError(error);
        return of(Chat.RunFailed({ run, message: toldOf(error) }));
      }),
      groupTokens({ every, bytes }),
    );
    return concat(of(Chat.Asked({ run, text })), said);
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

/** Who said what, in order; an answer that was broken off counts as far as it came. */
function messagesOf(events: readonly ChatEvent[]): readonly ChatMessage[] {
  const messages: { role: ChatMessage['role']; content: string }[] = [];
  for (const event of events) {
    const last = messages.at(-1);
    if (event.type === 'asked') messages.push({ role: 'user', content: event.data.text });
    else if (event.type !== 'token') continue;
    else if (last?.role === 'assistant') last.content += event.data.text;
    else messages.push({ role: 'assistant', content: event.data.text });
  }
  return messages.slice(-remembered);
}
