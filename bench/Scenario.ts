import type { PeerName } from './peers/index.ts';

/** What one server is and what it is asked for; it is passed to its process as JSON. */
export interface Scenario {
  readonly peer: PeerName;
  /** What is mounted: a shared stream, a filtered view of it for each user, or a stream of one request's own. */
  readonly route?: 'shared' | 'mine' | 'own';
  readonly readers: number;
  /** Streams, each with its share of the readers. @default 1 */
  readonly feeds?: number;
  /** Users, by whom a route `mine` is filtered. @default 1 */
  readonly users?: number;
  /** Characters of the data of one event, as JSON. @default 110, some 150 bytes on the wire */
  readonly size?: number;
  /** Milliseconds of silence before a heartbeat. @default 15000 */
  readonly heartbeat?: number;
  /** Events that are there before the first reader is, and that it is given. @default 0 */
  readonly history?: number;
  /** Options of the library that are switched on. */
  readonly options?: readonly Option[];
  /** On bare `http` instead of Express. */
  readonly plain?: boolean;
  /** The first so many readers never read. */
  readonly stuck?: number;
  /** Measure from publication to arrival. */
  readonly latency?: boolean;
  /** Count blocks on the wire, comments included. */
  readonly blocks?: boolean;
  /** Time each turn of the loop, and what is done in it in one go. */
  readonly watch?: boolean;
  /** Whether all readers are connected before it is measured. @default true */
  readonly connected?: boolean;
  /** Connections that are being made at once. @default 64 */
  readonly inflight?: number;
}

/** `events`: what is published is plain, and checked by the contract. `runs`: `resume: true`. */
export type Option = 'events' | 'heartbeat' | 'runs' | 'lmdb' | 'bounded';

/** What the server publishes at a time. */
export interface Publication {
  /** Events a feed. */
  readonly events: number;
  /** Events of each feed in one turn of the loop. */
  readonly burst: number;
  /** Turns a second; without, one turn after the other. */
  readonly rate?: number;
}

/** The data of one event, before anybody has made text of it. */
export interface Tick {
  /** Its number and the time, for the load generator to find: `#<n>@<microseconds>;`. */
  readonly mark: string;
  readonly user: number;
  readonly text: string;
}

/** One event of a stream, numbered from 1. */
export interface Numbered {
  readonly n: number;
  readonly tick: Tick;
}

/** What a server has used while it was measured. */
export interface Used {
  /** Microseconds of the processor, system included. */
  readonly cpu: number;
  /** System calls that wrote something; 0 where the system does not count them. */
  readonly writes: number;
  /** Microseconds on the clock that all processes share, from the first publication on. */
  readonly began: number;
  readonly ended: number;
  /** Turns of the loop, in ms. */
  readonly turns: Turns;
  /** The functions in which the time went, when a profile was asked for. */
  readonly profile?: readonly ProfileLine[];
}

export interface Turns {
  readonly count: number;
  /** The longest turn of the loop, whoever used it, garbage collection included. */
  readonly longest: number;
  /** The longest without garbage collection. */
  readonly longestOwn: number;
  /** The longest piece of work in one go that the server itself asked the loop for, without garbage collection. */
  readonly longestSlice: number;
  /** The longest by the processor's clock, in ms: what a busy machine does not disturb. Collection included. */
  readonly longestWork: number;
  /** What 99 % of the slices stay below. */
  readonly slice99: number;
  readonly longestGc: number;
  readonly gc: number;
}

export interface Memory {
  readonly rss: number;
  /** Heap, buffers and what else V8 knows of, after a collection. */
  readonly held: number;
}

export interface ProfileLine {
  readonly name: string;
  readonly share: number;
}

export type ToServer =
  | { readonly ask: 'watch'; readonly profile: boolean; readonly turns: boolean }
  | { readonly ask: 'publish'; readonly publication: Publication }
  | { readonly ask: 'used' }
  | { readonly ask: 'readers' }
  | { readonly ask: 'memory' };

export type FromServer =
  | { readonly say: 'listening'; readonly port: number; readonly pid: number }
  | { readonly say: 'watching' }
  | { readonly say: 'published' }
  | { readonly say: 'used'; readonly used: Used }
  | { readonly say: 'readers'; readonly count: number }
  | { readonly say: 'memory'; readonly memory: Memory }
  | { readonly say: 'failed'; readonly why: string };
