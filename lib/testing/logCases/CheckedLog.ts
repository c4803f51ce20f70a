import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom, type Observable, take, throwError, timeout } from 'rxjs';
import { parseCursor } from '../../event/cursor.ts';
import type { EncodedEvent } from '../../event/encodeEvent.ts';
import type { Appended, AppendOptions, EventLog, LogEnd, LogState, Page } from '../../log/EventLog.ts';
import { testFailure } from '../testFailure.ts';
import { expectEqual, expectTrue } from './expectEqual.ts';
import { blocksOf, type StoredBlock } from './testEvents.ts';

/** A page and its entries. */
interface ReadPage extends Page {
  readonly blocks: readonly StoredBlock[];
}

/** The bytes of a page where a case sets no other bound: more than any page of the suite should have. */
export const defaultMaxBytes = 64 * 1024;

/** Calls a log, awaits its results, and checks each of them by the rules that hold for every log. */
export class CheckedLog {
  readonly log: EventLog;
  readonly #timeout: number;

  constructor(log: EventLog, timeout: number) {
    this.log = log;
    this.#timeout = timeout;
  }

  async append(drafts: readonly EncodedEvent[], options?: AppendOptions): Promise<Appended> {
    const appended = await this.answer('append', this.log.append(drafts, options));
    expectEqual('the number of entries that an append returned', appended.last - appended.first + 1, drafts.length);
    return appended;
  }

  async read(after: number, maxBytes = defaultMaxBytes): Promise<ReadPage> {
    const page = await this.answer('read', this.log.read(after, maxBytes));
    return { ...page, blocks: checkPage(page, after, maxBytes) };
  }

  state(): Promise<LogState> {
    return this.read(0, 1);
  }

  end(how: LogEnd): Promise<LogState> {
    return this.answer('end', this.log.end(how));
  }

  /** Reads every page after a position up to the tail; where nothing was lost they are consecutive. */
  async pages(after: number, maxBytes = defaultMaxBytes): Promise<readonly ReadPage[]> {
    const pages: ReadPage[] = [];
    for (let page = await this.read(after, maxBytes); ; page = await this.read(page.last, maxBytes)) {
      pages.push(page);
      if (page.last >= page.tail) return pages;
    }
  }

  async blocks(after: number, maxBytes?: number): Promise<readonly StoredBlock[]> {
    return (await this.pages(after, maxBytes)).flatMap(({ blocks }) => blocks);
  }

  /** Reads the data of all entries after a position. */
  async data(after = 0, maxBytes?: number): Promise<readonly string[]> {
    return (await this.blocks(after, maxBytes)).map(({ data }) => data);
  }

  /** Resolves at the next wake. It must be called before the operation that wakes. */
  woken(why: string): Promise<void> {
    const woken = this.answer(`a wake ${why}`, this.log.wakes.pipe(take(1)));
    // A caller that has read everything without it does not wait for it any longer, and it may not come.
    woken.catch(() => {});
    return woken;
  }

  /** Returns the `_tag` of the error of an operation; fails where the operation succeeds. */
  async errorTagOf(what: string, answer: Observable<unknown>): Promise<unknown> {
    try {
      await this.answer(what, answer);
    } catch (error) {
      if (typeof error === 'object' && error !== null && '_tag' in error) return error._tag;
      throw error;
    }
    return expectTrue(
      `${what}: expected an error notification with a _tag such as ClosedError, got a value; let the operation fail`,
      false,
    );
  }

  answer<T>(what: string, answer: Observable<T>): Promise<T> {
    const late = () =>
      throwError(() =>
        testFailure(
          `${what}: expected a notification within ${this.#timeout} ms, got none; if the log is slow, raise the timeout of logSuite`,
        ),
      );
    return firstValueFrom(answer.pipe(timeout({ first: this.#timeout, with: late })));
  }
}

/** Checks what must be true of every page of every log, whatever else happens at that moment; returns its entries. */
function checkPage(page: Page, requested: number, maxBytes: number): readonly StoredBlock[] {
  checkState(page);
  const { floor, tail, after, last, bytes } = page;
  const what = `the page after ${requested} of ${maxBytes} bytes, with floor ${floor} and tail ${tail},`;
  expectEqual(`${what} begins after`, after, Math.max(requested, floor));
  expectTrue(`${what} ends at ${last}, before it begins`, last >= after);
  expectTrue(`${what} ends at ${last}, after the tail`, last <= Math.max(after, tail));
  expectTrue(`${what} is empty, so that no reader gets past it`, last > after || after >= tail);
  expectTrue(`${what} has ${bytes.length} bytes`, bytes.length <= maxBytes || last === after + 1);

  const blocks = blocksOf(bytes);
  expectEqual(`${what} has whole blocks from ${after} to ${last}`, blocks.length, last - after);
  blocks.forEach(({ id }, index) => {
    const parsed = parseCursor(id ?? '');
    const sequence = after + 1 + index;
    const position = E.isRight(parsed) ? parsed.right : undefined;
    expectEqual(`${what} the sequence in the id of entry ${sequence}, ${id},`, position?.sequence, sequence);
    expectEqual(`${what} whether id ${id} is an end`, position?.end, false);
    expectTrue(`${what} id ${id} is of another epoch`, covers(page, position?.epoch, sequence));
  });
  return blocks;
}

/** Returns whether a cursor of that epoch is exact in this log. */
export function covers({ epoch, past }: LogState, of: string | undefined, sequence: number): boolean {
  return of === epoch || past.some((earlier) => earlier.epoch === of && sequence <= earlier.last);
}

function checkState({ epoch, past, floor, tail, ended }: LogState): void {
  expectTrue(
    `the epoch must be 1 to 32 of the characters A-Z a-z 0-9 _ -, so that it fits into a cursor, got ${epoch}`,
    /^[A-Za-z0-9_-]{1,32}$/.test(epoch),
  );
  expectTrue(
    `floor ${floor} and tail ${tail} must be whole numbers, 0 or more`,
    Number.isSafeInteger(floor) && Number.isSafeInteger(tail),
  );
  expectTrue(`floor must be between 0 and the tail, ${tail}, got ${floor}`, floor >= 0 && floor <= tail);
  expectTrue(
    `ended must be false, 'completed' or 'failed', got ${ended}`,
    ended === false || ended === 'completed' || ended === 'failed',
  );
  const lasts = past.map(({ last }) => last);
  expectEqual(
    'past epochs come oldest first',
    lasts,
    [...lasts].sort((a, b) => a - b),
  );
  expectTrue(
    `a past epoch must end at the tail, ${tail}, or before it, got the ends ${lasts.join()}`,
    lasts.every((last) => last <= tail),
  );
}
