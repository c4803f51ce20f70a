import type { RequestListener } from 'node:http';
import type { LogByName } from '../../../lib/agents/index.ts';

/** Starts an answer of the model: each call is one. */
export type AskModel = () => AsyncIterable<string>;

/** How a client says that it has no more of an answer. */
export type Ending = 'complete' | 'error' | 'no answer';

/** One page: a new instance of a real client, which has nothing but the ids of the chat. */
export interface Page {
  /** The text that is shown. */
  readonly text: string;
  /** Requests the answer. */
  start(): Promise<Ending>;
  /** Gets the answer that is being made, as a page does that was reloaded. */
  resume(): Promise<Ending>;
}

/** An adapter of `rxsse/agents` with the client that it is for. */
export interface AgentCase {
  readonly name: string;
  /** True where a page gets what the page before it has received from a storage. */
  readonly remembers?: boolean;
  /** Serves one chat, whose answers are stored in these logs; without them, in memory. */
  serve(ask: AskModel, log: LogByName | undefined): Promise<RequestListener>;
  /** Opens a page, whose client makes its requests by `fetch`. */
  open(url: string, fetch: typeof globalThis.fetch): Promise<Page>;
  /** Reads the text that the logs have of the answer. */
  stored(log: LogByName): Promise<string>;
}
