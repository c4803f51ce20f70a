import type { LogName, Storage } from '../storage.ts';

/** Describes a process that publishes or serves; passed to it as JSON. */
export interface HerdServer {
  readonly log: LogName;
  readonly storage?: Storage;
  /** The port that it serves readers on; 0 for any. */
  readonly port: number;
}

/** Describes the process of the readers; passed to it as JSON. */
export interface HerdReaders {
  readonly port: number;
  readonly readers: number;
}

/** A request to such a process, which answers each with one message. */
export type HerdRequest =
  /** Publishes events with these numbers, one after the other or a number of them a second. */
  | { readonly ask: 'publish'; readonly from: number; readonly to: number; readonly rate?: number }
  /** Disconnects all readers over some time and stops listening. */
  | { readonly ask: 'shutdown'; readonly duration: number; readonly retry: readonly [number, number] }
  | { readonly ask: 'used' }
  /** Waits until every reader has all events up to this number. */
  | { readonly ask: 'expect'; readonly number: number };

/** The resources that a server used since it listens. */
export interface HerdUsed {
  /** The longest turn of its loop with everything in it, to a millisecond, in ms. */
  readonly longest: number;
  /** The most memory that the process had of the machine, in bytes. */
  readonly peak: number;
  /** Processor time in microseconds. */
  readonly cpu: number;
  /** How often a page was read from the log. */
  readonly reads: number;
}

/** The state of the readers when all of them have the events that were expected. */
export interface HerdReceived {
  /** When half of the readers and when all had it, in microseconds of the clock that all processes share. */
  readonly half: number;
  readonly all: number;
  /** How many connections were opened, and how many attempts to connect were refused. */
  readonly connections: number;
  readonly refused: number;
  /** Processor time of the readers in microseconds. */
  readonly busy: number;
}
