import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { asyncScheduler } from 'rxjs';
import { decodeBody } from '../event/decodeEvent.ts';
import { type AnyFeed, coreOf } from '../feed/coreOf.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import type { Feeds } from '../feed/feeds.ts';
import { type AnyFeeds, internalsOf } from '../feed/internalsOf.ts';
import type { Writer } from '../sink/Writer.ts';
import type { RouteLane } from './RouteLane.ts';
import { connectionOf } from './readersOf.ts';

/** A feed by its name, in a family by its key as well. */
const Target = t.intersection([t.type({ feed: t.string }), t.partial({ key: t.string })]);

const Action = t.union([
  t.intersection([t.type({ action: t.literal('publish'), event: t.unknown }), Target]),
  t.intersection([t.type({ action: t.literal('restart') }), Target]),
  t.type({ action: t.literal('cut'), reader: t.number }),
  t.type({ action: t.literal('slow'), reader: t.number }),
]);

/** How a request to act was answered. */
interface ActionAnswer {
  readonly status: number;
  readonly text: string;
}

/** For how long a reader is made slow, in ms, and how long it waits between two writes. */
const slowFor = 15_000;
const slowInterval = 1500;

/** Acts on the app for the page, in development. */
export class Actions {
  /** The readers that have been made slow, by their number. */
  readonly slow = new Set<number>();
  readonly #feeds: Readonly<Record<string, AnyFeed | AnyFeeds>>;
  readonly #routes: readonly RouteLane[];

  constructor(feeds: Readonly<Record<string, AnyFeed | AnyFeeds>>, routes: readonly RouteLane[]) {
    this.#feeds = feeds;
    this.#routes = routes;
  }

  /** Does what a body says, and calls back when it is done. */
  act(body: unknown, done: (answer: ActionAnswer) => void): void {
    const decoded = Action.decode(body);
    if (isLeft(decoded)) return done({ status: 422, text: 'expected an action: publish, restart, cut or slow' });
    const action = decoded.right;
    if (action.action === 'publish') return this.#publish(action, action.event, done);
    if (action.action === 'restart') return done(this.#restart(action));
    return done(action.action === 'cut' ? this.#cut(action.reader) : this.#slowDown(action.reader));
  }

  #publish(target: Target, event: unknown, done: (answer: ActionAnswer) => void): void {
    const core = this.#coreOf(target, true);
    if (core?.contract === undefined) return done(noFeed);
    const decoded = decodeBody(core.contract, event, 1);
    if (isLeft(decoded)) {
      const [{ path, expected, got } = { path: '', expected: 'an event', got: 'another value' }] = decoded.left;
      return done({ status: 422, text: `${path}: expected ${expected}, got ${got}` });
    }
    core.publisher.publish(decoded.right, {}).subscribe({
      next: (cursor) => done({ status: 202, text: cursor }),
      error: (error) => done({ status: 409, text: error instanceof Error ? error.message : String(error) }),
    });
  }

  #restart(target: Target): ActionAnswer {
    const core = this.#coreOf(target, false);
    if (core === undefined) return noFeed;
    return core.restartSource()
      ? { status: 200, text: 'the source is subscribed to again' }
      : { status: 409, text: 'this feed has no source: it gets only what is published' };
  }

  #cut(id: number): ActionAnswer {
    const connection = connectionOf(this.#routes, id);
    if (connection === undefined) return noReader;
    connection.cut('disconnected');
    return { status: 200, text: 'the connection is cut' };
  }

  /** Lets the writer of a reader see a full socket most of the time. */
  #slowDown(id: number): ActionAnswer {
    const connection = connectionOf(this.#routes, id);
    const writer = connection?.writer as Slowable | undefined;
    if (connection === undefined || writer?.checkReady === undefined) return noReader;
    if (this.slow.has(id)) return { status: 200, text: 'the reader is slow already' };
    const until = asyncScheduler.now() + slowFor;
    const checkReady = writer.checkReady.bind(writer);
    let mayWrite = false;
    this.slow.add(id);
    writer.checkReady = () => {
      const isReady = mayWrite && checkReady();
      mayWrite = false;
      return isReady;
    };
    const { slow } = this;
    asyncScheduler.schedule(function release(): void {
      const isOver = connection.hasEnded || asyncScheduler.now() >= until;
      mayWrite = true;
      if (isOver) {
        slow.delete(id);
        writer.checkReady = checkReady;
      } else this.schedule(undefined, slowInterval);
      if (!connection.hasEnded) writer.onDrain();
    }, slowInterval);
    return { status: 200, text: `the reader is slow for ${slowFor / 1000} s` };
  }

  /** Returns the core of a feed; of a family, for use, that of a new feed where it has none of the key. */
  #coreOf({ feed: name, key = '' }: Target, isForUse: boolean): FeedCore | undefined {
    const feed = Object.hasOwn(this.#feeds, name) ? this.#feeds[name] : undefined;
    const family = internalsOf(feed);
    if (family === undefined) return coreOf(feed, true);
    if (key === '') return undefined;
    return isForUse ? coreOf((feed as Feeds).get(key), true) : family.find(key);
  }
}

type Target = t.TypeOf<typeof Target>;

/** A writer that checks its socket before it writes; those of feeds and of pipelines do. */
interface Slowable extends Writer {
  checkReady(): boolean;
}

const noFeed: ActionAnswer = { status: 404, text: 'no feed of this name, and of this key in a family, is inspected' };
const noReader: ActionAnswer = { status: 404, text: 'this reader has left' };
