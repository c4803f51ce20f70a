import { Subject } from 'rxjs';
import { Reader } from '../../lib/feed/Reader.ts';
import { type EventLog, memoryLog, type Page } from '../../lib/index.ts';
import { idleTarget } from './sweptReaders.ts';

/** A reader at a position, whose target collects errors. */
export class PositionedReader extends Reader {
  readonly errors: unknown[];

  constructor(after: number, epoch = 'one') {
    const errors: unknown[] = [];
    super({ ...idleTarget, fail: (error) => void errors.push(error) });
    this.errors = errors;
    this.afterSequence = after;
    this.epoch = epoch;
    this.readerSet = { writePage: () => {} };
  }
}

/** Returns a log whose reads a spec answers. */
export function manualLog() {
  const reads: { readonly after: number; readonly maxBytes: number; readonly answer: Subject<Page> }[] = [];
  const log: EventLog = {
    ...memoryLog(),
    inMemory: false,
    read: (after, maxBytes) => {
      const answer = new Subject<Page>();
      reads.push({ after, maxBytes, answer });
      return answer;
    },
  };
  return { log, reads };
}

/** A page of six entries, up to the tail. */
export const page: Page = {
  epoch: 'one',
  past: [],
  floor: 0,
  tail: 9,
  ended: false,
  after: 3,
  last: 9,
  bytes: new Uint8Array(0),
};
