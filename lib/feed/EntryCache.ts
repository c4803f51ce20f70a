import { isLeft } from 'fp-ts/lib/Either.js';
import { issuesOf, linesOf } from '../codec/describeFailure.ts';
import { BoundedCache } from '../data/BoundedCache.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type Contract, findDefinition, unknownType } from '../event/events.ts';
import type { EntryRange } from '../log/EventLog.ts';
import type { Message } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';
import { utf8Length } from '../wire/utf8.ts';

/** How many decoded entries, and how many bytes of them, are retained for other readers at the same position. */
const limits = { maxEntries: 1024, maxSize: 1024 * 1024 };

const decoder = new TextDecoder();

/**
 * The entries of a log as typed events, decoded once for all readers of a feed that are near each other.
 *
 * An entry that the contract does not know any more, since another version of the program wrote it, is reported and
 * becomes a position without an event.
 */
export class EntryCache {
  readonly #contract: Contract;
  readonly #report: (error: unknown) => void;
  readonly #entries = new BoundedCache<number, Entry<TypedEvent>>(limits);
  /** The last result: readers at the same position request the same range. */
  #last: { readonly range: EntryRange; readonly entries: readonly Entry<TypedEvent>[] } | undefined;

  constructor(contract: Contract, report: (error: unknown) => void) {
    this.#contract = contract;
    this.#report = report;
  }

  /** Returns the entries of a range of this epoch, in order. */
  entriesOf(range: EntryRange, epoch: string): readonly Entry<TypedEvent>[] {
    if (this.#last?.range === range) return this.#last.entries;
    const entries: Entry<TypedEvent>[] = [];
    let offset = 0;
    for (let sequence = range.after + 1; sequence <= range.last; sequence++) {
      const entry = this.#entries.get(sequence);
      if (entry === undefined || entry.epoch !== epoch) break;
      entries.push(entry);
      offset += this.#entries.sizeOf(sequence);
    }
    if (offset < range.bytes.length) this.#decode(range.bytes.subarray(offset), range.after, epoch, entries);
    this.#last = { range, entries };
    return entries;
  }

  /** Decodes and adds the entries that are not in the cache. */
  #decode(bytes: Uint8Array, after: number, epoch: string, entries: Entry<TypedEvent>[]): void {
    // A frame contains no empty line, so an empty line is always the end of an entry.
    const frames = decoder.decode(bytes).split('\n\n');
    let index = 0;
    const onMessage = (message: Message): void => {
      const frame = `${frames[index++]}\n\n`;
      const event = this.#eventOf(message);
      const entry = new Entry(epoch, after + entries.length + 1, event, event && frame);
      entries.push(entry);
      this.#entries.set(entry.sequence, entry, utf8Length(frame));
    };
    new FrameParser({ onMessage, maxEventBytes: Infinity }).push(bytes);
  }

  #eventOf({ event: name = '', data }: Message): TypedEvent | undefined {
    try {
      const definition = findDefinition(this.#contract, name);
      if (definition === undefined) throw new DecodeError(data, [unknownType(this.#contract, name)]);
      const decoded = definition.codec.decode({ type: name, data: JSON.parse(data) });
      if (isLeft(decoded)) throw new DecodeError(data, linesOf(issuesOf(decoded.left, name)));
      return decoded.right;
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }
}
