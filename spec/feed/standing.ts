import { Subject } from 'rxjs';
import { Reader } from '../../lib/feed/Reader.ts';
import { type EventLog, memoryLog, type Page } from '../../lib/index.ts';

/** One who stands somewhere and is given what was read. */
export class Standing extends Reader {
  override readonly isReady = true;
  readonly errors: unknown[] = [];

  constructor(after: number, epoch = 'one') {
    super();
    this.after = after;
    this.epoch = epoch;
    this.server = { serve: () => {} };
  }

  override write(): boolean {
    return true;
  }
  override gap(): void {}
  override end(): void {}
  override disconnect(): void {}
  override fail(error: unknown): void {
    this.errors.push(error);
  }
}

/** A log whose reads are answered by hand. */
export function answered() {
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

/** Six entries, up to the tail. */
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
