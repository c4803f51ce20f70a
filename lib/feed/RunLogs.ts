import { freshEpoch } from '../event/cursor.ts';
import { type Contract, namesOf } from '../event/events.ts';
import type { EventLog, LogState } from '../log/EventLog.ts';
import { memoryLog } from '../log/memoryLog.ts';
import type { ClaimableLog } from './whileClaimed.ts';

/** The characters of the random part of an id: 72 bits. */
const randomLength = 12;
/** The characters of the hash: 48 bits. */
const ownerHashLength = 8;
const idLength = randomLength + ownerHashLength;

const notShareable =
  'resume.log: expected a log in memory, or one with the methods prefixEpochs and claim, such as redisLog({ client, name: id }), which other processes can read';
const owned =
  'resume.owner: with a log outside this process the owner must be a string or a number, such as the id of a user, which every process computes alike';

export const otherLog =
  'resume.log: the log is that of another stream; create one with each call, and name one that is stored by its id: (id) => redisLog({ client, name: id })';

/** How long a claim on the log of a run lasts without a renewal, in ms, as that of a feed by default. */
export const runLease = 10_000;

/** The log of a run. */
export interface RunLog {
  readonly log: EventLog;
  /** Names the run: the epoch of a log in memory, and otherwise the text that all epochs of the log start with. */
  readonly key: string;
  /** The same log, where other processes read it. */
  readonly shared: ClaimableLog | undefined;
}

/**
 * The logs of the runs of one route.
 *
 * Each epoch of a log that other processes read starts with an id, so that a cursor says which run it belongs to. An id is
 * random text, and a hash of that text, of the owner and of the names of the events. A process that has never seen the run
 * computes the hash for the reader of the cursor, and so refuses another owner, and text that no route has created, before
 * it reads the storage. The hash has no key: the cursor is the secret, as it is without an owner.
 */
export class RunLogs {
  readonly #names: string;
  readonly #logOf: ((id: string) => EventLog) | undefined;

  constructor(contract: Contract | undefined, logOf: ((id: string) => EventLog) | undefined) {
    this.#names = contract === undefined ? '' : [...namesOf(contract)].sort().join(' ');
    this.#logOf = logOf;
  }

  /**
   * Creates the log of a new run.
   *
   * @param isEmpty true for a run that ends before its stream is subscribed to, of which nothing is stored
   * @throws TypeError for one whose readers could not find it.
   */
  create(owner: unknown, isEmpty: boolean): RunLog {
    if (this.#logOf === undefined || isEmpty)
      return inMemory(memoryLog({ maxEntries: Infinity, maxBytes: 1024 * 1024 }));
    const random = freshEpoch().slice(0, randomLength);
    const id = random + (this.#hash(random, owner) ?? freshEpoch().slice(0, ownerHashLength));
    return this.#open(this.#logOf, id, owner);
  }

  /** Returns the id of the run that an epoch belongs to, if it is of this owner, and in a log that processes share. */
  idIn(epoch: string, owner: unknown): string | undefined {
    if (epoch.length <= idLength || this.#logOf === undefined) return undefined;
    const random = epoch.slice(0, randomLength);
    const hash = this.#hash(random, owner);
    return hash !== undefined && epoch.startsWith(random + hash) ? random + hash : undefined;
  }

  /** Opens the log of an id that `idIn` has returned; `undefined` for one in memory. */
  open(id: string, owner: unknown): ClaimableLog | undefined {
    return this.#logOf && this.#open(this.#logOf, id, owner).shared;
  }

  #open(logOf: (id: string) => EventLog, id: string, owner: unknown): RunLog {
    const log = logOf(id);
    if (log.inMemory) return inMemory(log);
    const mistake = isShareable(log) ? this.#mistakeOf(owner) : notShareable;
    if (mistake === undefined) {
      log.prefixEpochs?.(id);
      return { log, key: id, shared: log as ClaimableLog };
    }
    log.close();
    throw new TypeError(mistake);
  }

  #mistakeOf(owner: unknown): string | undefined {
    if (!isComparable(owner)) return `${owned}, got ${typeof owner}`;
    const isSupported = this.#hash('', owner) !== undefined;
    return isSupported
      ? undefined
      : 'resume.log: a log outside this process needs node:crypto, which this runtime lacks';
  }

  #hash(random: string, owner: unknown): string | undefined {
    if (!isComparable(owner)) return undefined;
    const { process } = globalThis as { readonly process?: Partial<CryptoModules> };
    const hash = process?.getBuiltinModule?.('node:crypto')?.createHash('sha256');
    const text = JSON.stringify([random, typeof owner, String(owner), this.#names]);
    return hash?.update(text).digest('base64url').slice(0, ownerHashLength);
  }
}

/** Returns true if something is stored of the log of an id: otherwise its epoch is the id alone. */
export function isStored({ epoch }: LogState, id: string): boolean {
  return epoch !== id && epoch.startsWith(id);
}

/** Returns how many events a log in memory retains, if it has removed some already. */
export function overrunOf(log: EventLog): number | undefined {
  const { floor, tail } = stateNowOf(log);
  return floor === 0 ? undefined : tail - floor;
}

/** Returns the state of a log in memory. @throws TypeError for one that does not answer synchronously; ClosedError. */
function stateNowOf(log: EventLog): LogState {
  let state: LogState | undefined;
  let failure: { readonly error: unknown } | undefined;
  log.read(0, 0).subscribe({
    next: (page) => {
      state = page;
    },
    error: (error) => {
      failure = { error };
    },
  });
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
  if (state === undefined) throw new TypeError('resume.log: expected a log in memory, got one that reads later');
  return state;
}

function inMemory(log: EventLog): RunLog {
  return { log, key: stateNowOf(log).epoch, shared: undefined };
}

function isShareable({ prefixEpochs, claim }: EventLog): boolean {
  return prefixEpochs !== undefined && claim !== undefined;
}

function isComparable(owner: unknown): boolean {
  return owner === undefined || typeof owner === 'string' || typeof owner === 'number';
}

/** The part of Node's `process` that is used, which other runtimes have as well. */
interface CryptoModules {
  getBuiltinModule(id: 'node:crypto'): { createHash(name: 'sha256'): Hash } | undefined;
}

interface Hash {
  update(text: string): Hash;
  digest(encoding: 'base64url'): string;
}
