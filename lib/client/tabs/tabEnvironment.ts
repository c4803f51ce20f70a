import { type EventTargetLike, page } from '../page.ts';
import type { LocksLike } from './Leadership.ts';

/** The part of a BroadcastChannel that is used. */
export interface ChannelLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** Has the APIs of the browser that tabs need to share a connection. */
export interface TabEnvironment extends EventTargetLike {
  readonly navigator: { readonly locks: LocksLike };
  readonly BroadcastChannel: new (name: string) => ChannelLike;
  readonly document?: EventTargetLike;
}

/**
 * Returns the browser's APIs, or `undefined` where one is missing: outside of browsers, in old ones, and on pages that
 * were not loaded over https, which have no locks.
 */
export function tabEnvironment(): TabEnvironment | undefined {
  const environment = page as unknown as Partial<TabEnvironment>;
  const { navigator, BroadcastChannel, addEventListener } = environment;
  const isComplete = navigator?.locks !== undefined && BroadcastChannel !== undefined && addEventListener !== undefined;
  return isComplete ? (environment as TabEnvironment) : undefined;
}
