import type { LogName, Storage } from './storage.ts';

/** A server that is measured. */
export type PeerName =
  | 'rxsse'
  | 'hand'
  | 'joined'
  | 'write'
  | 'nchan'
  | 'fastify'
  | 'better-sse'
  | 'express-sse'
  | 'nest'
  | 'hono'
  | 'trpc';

/** A peer that publishes in one process and serves readers in another, over Redis. */
export type RedisPeerName = 'resumable-stream' | 'subscribe';

/** Describes one server and its load; passed to its process as JSON. */
export interface Scenario {
  readonly peer: PeerName | RedisPeerName;
  /** The mounted route: a shared stream, a filtered view of it for each user, a separate subscription for each request, or a stream of its own. */
  readonly route?: 'shared' | 'mine' | 'own' | 'answers';
  readonly readers: number;
  /** The number of streams; the readers are spread over them. @default 1 */
  readonly feeds?: number;
  /** The number of users by which the route `mine` is filtered. @default 1 */
  readonly users?: number;
  /** The size of an event's data as JSON, in characters. @default 110, about 150 bytes on the wire */
  readonly size?: number;
  /** Milliseconds of silence before a heartbeat. @default 15000 */
  readonly heartbeat?: number;
  /** The number of events published before the first reader connects, which it then receives. @default 0 */
  readonly history?: number;
  /** The options of the library that are switched on. */
  readonly options?: readonly Option[];
  /**
   * The log of the feed. With any but `'memory'` events are published in one process and readers are served by another.
   *
   * @default 'memory'
   */
  readonly log?: LogName;
  /** Where that log is stored; the run adds it. */
  readonly storage?: Storage;
  /** Whether the server is plain `http` without Express. */
  readonly plain?: boolean;
  /** The number of readers, counted from the first, that never read. */
  readonly stuck?: number;
  /** Whether the time from publication to arrival is measured. */
  readonly latency?: boolean;
  /** Whether readers accept gzip, and decode it. */
  readonly gzip?: boolean;
  /** Whether the text of an event is a sentence, and not one letter again and again, which compresses too well. */
  readonly sentences?: boolean;
  /** Whether frames on the wire are counted, comments included. */
  readonly blocks?: boolean;
  /** Whether each turn of the loop is timed, and each piece of work inside it. */
  readonly watch?: boolean;
  /** Whether all readers connect before the measurement starts. @default true */
  readonly connected?: boolean;
  /** The number of connections that are opened at the same time. @default 64 */
  readonly inflight?: number;
}

/**
 * `events` publishes plain events, which the contract checks; `runs` sets `resume: true`; `inspector` mounts an inspector, and
 * `inspected` opens its page, too.
 */
export type Option = 'events' | 'heartbeat' | 'runs' | 'lmdb' | 'bounded' | 'compression' | 'inspector' | 'inspected';

/** The events that the server publishes in one phase. */
export interface Publication {
  /** The number of events for each feed. */
  readonly events: number;
  /** The number of events for each feed in one turn of the loop. */
  readonly burst: number;
  /** Turns per second. @default one turn directly after the other */
  readonly rate?: number;
}

/** The data of one event, before it is encoded. */
export interface Tick {
  /** The number and the time, which the load generator looks for: `#<n>@<microseconds>;`. */
  readonly mark: string;
  readonly user: number;
  readonly text: string;
}

/** One event of a stream, numbered from 1. */
export interface Numbered {
  readonly n: number;
  readonly tick: Tick;
}

/** The resources that a server used during the measurement. */
export interface Used {
  /** Processor time in microseconds, user and system. */
  readonly cpu: number;
  /** Processor time of the server that stores the log, in microseconds; 0 if there is none. */
  readonly storage: number;
  /** The number of system calls that wrote; 0 if the system does not count them. */
  readonly writes: number;
  /** When the measurement started, in microseconds of the clock that all processes share. */
  readonly began: number;
  readonly ended: number;
  /** The turns of the event loop. */
  readonly turns: Turns;
  /** The functions that took the most time, if a profile was requested. */
  readonly profile?: readonly ProfileLine[];
}

export interface Turns {
  readonly count: number;
  /** The longest turn of the loop, with everything in it, garbage collection included, in ms. */
  readonly longest: number;
  /** The longest turn without garbage collection. */
  readonly longestOwn: number;
  /** The longest piece of work that the server itself scheduled, without garbage collection. */
  readonly longestSlice: number;
  /** The longest piece of work by processor time, which a busy machine does not disturb; garbage collection included. */
  readonly longestWork: number;
  /** The 99th percentile of the pieces of work. */
  readonly slice99: number;
  readonly longestGc: number;
  readonly gc: number;
}

export interface Memory {
  readonly rss: number;
  /** The heap and the external memory of V8 after a garbage collection, in bytes. */
  readonly held: number;
}

export interface ProfileLine {
  readonly name: string;
  readonly share: number;
}

/** A message to the process of a server. It stays as it is, so that the servers of two checkouts can be compared. */
export type ToServer =
  | { readonly ask: 'watch'; readonly profile: boolean; readonly turns: boolean }
  | { readonly ask: 'publish'; readonly publication: Publication }
  | { readonly ask: 'used' }
  | { readonly ask: 'readers' }
  | { readonly ask: 'memory' };

/** A message from the process of a server. */
export type FromServer =
  | { readonly say: 'listening'; readonly port: number; readonly pid: number }
  | { readonly say: 'watching' }
  | { readonly say: 'published' }
  | { readonly say: 'used'; readonly used: Used }
  | { readonly say: 'readers'; readonly count: number }
  | { readonly say: 'memory'; readonly memory: Memory }
  | { readonly say: 'failed'; readonly why: string };
