import { firstValueFrom, type Observable, take, throwError, timeout } from 'rxjs';
import type { EncodedEvent } from '../../event/encodeEvent.ts';
import type { Appended, AppendOptions, EventLog, LogEnd, LogState, Page } from '../../log/EventLog.ts';
import { testFailure } from '../testFailure.ts';
import type { StoredBlock } from './blocksOf.ts';
import { checkPage } from './checkPage.ts';
import { holds, same } from './same.ts';

/** A page and its entries. */
interface ReadPage extends Page {
  readonly blocks: readonly StoredBlock[];
}

/** More than any page of the suite should have. */
export const wide = 64 * 1024;

/** Calls a log, awaits its answers, and checks each of them by the rules that hold for all. */
export class Probe {
  readonly log: EventLog;
  readonly #patience: number;

  constructor(log: EventLog, patience: number) {
    this.log = log;
    this.#patience = patience;
  }

  async append(drafts: readonly EncodedEvent[], options?: AppendOptions): Promise<Appended> {
    const appended = await this.answer('append', this.log.append(drafts, options));
    same('entries placed by an append', appended.last - appended.first + 1, drafts.length);
    return appended;
  }

  async read(after: number, maxBytes = wide): Promise<ReadPage> {
    const page = await this.answer('read', this.log.read(after, maxBytes));
    return { ...page, blocks: checkPage(page, after, maxBytes) };
  }

  state(): Promise<LogState> {
    return this.read(0, 1);
  }

  end(how: LogEnd): Promise<LogState> {
    return this.answer('end', this.log.end(how));
  }

  /** Reads every page from there to the tail; where nothing was lost they are consecutive. */
  async pages(after: number, maxBytes = wide): Promise<readonly ReadPage[]> {
    const pages: ReadPage[] = [];
    for (let page = await this.read(after, maxBytes); ; page = await this.read(page.last, maxBytes)) {
      pages.push(page);
      if (page.last >= page.tail) return pages;
    }
  }

  async blocks(after: number, maxBytes?: number): Promise<readonly StoredBlock[]> {
    return (await this.pages(after, maxBytes)).flatMap(({ blocks }) => blocks);
  }

  /** Reads the text of all data from there. */
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

  /** Returns the tag of the error of an answer; fails where there is none. */
  async refusal(what: string, answer: Observable<unknown>): Promise<unknown> {
    try {
      await this.answer(what, answer);
    } catch (error) {
      if (typeof error === 'object' && error !== null && '_tag' in error) return error._tag;
      throw error;
    }
    return holds(`${what} should have been refused`, false);
  }

  answer<T>(what: string, answer: Observable<T>): Promise<T> {
    const late = () => throwError(() => testFailure(`${what}: waited for ${this.#patience} ms`));
    return firstValueFrom(answer.pipe(timeout({ first: this.#patience, with: late })));
  }
}
