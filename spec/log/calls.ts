import { firstValueFrom } from 'rxjs';
import type { EncodedEvent } from '../../lib/event/encodeEvent.ts';
import type { Appended, AppendOptions, EventLog, Page } from '../../lib/log/EventLog.ts';
import { sample } from './sample.ts';

/** Returns drafts with the data `1`, `2` and so on. */
export const samples = (count: number, from = 1): EncodedEvent[] =>
  Array.from({ length: count }, (_, index) => sample(String(from + index)));

export const append = (log: EventLog, drafts: readonly EncodedEvent[], options?: AppendOptions): Promise<Appended> =>
  firstValueFrom(log.append(drafts, options));

export const read = (log: EventLog, after = 0, maxBytes = 1 << 24): Promise<Page> =>
  firstValueFrom(log.read(after, maxBytes));

export const textOf = ({ bytes }: Page): string => Buffer.from(bytes).toString();

/** Returns the data of each entry of a page. */
export const dataOf = (page: Page): string[] =>
  [...textOf(page).matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);

/** Resolves to the tag of the error that a promise rejects with. */
export async function tagOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await promise };
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}
