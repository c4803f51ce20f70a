import { isLeft } from 'fp-ts/lib/Either.js';
import { issuesOf, linesOf } from '../codec/describeFailure.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type Contract, definitionNamed, namesOf } from '../event/events.ts';
import type { EntryRange } from '../log/Segments.ts';
import type { Message } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';
import { utf8Length } from '../wire/utf8.ts';

/** Entries kept decoded for other readers who come to the same place, and their bytes; the newest one in any case. */
const kept = { entries: 1024, bytes: 1024 * 1024 };

const decoder = new TextDecoder();

/**
 * The entries of a log as typed events, decoded once for all readers of a feed
 * that are near each other.
 *
 * What the contract does not know any more, since another version of the
 * program wrote it, is reported and leaves its place alone.
 */
export class EntryCache {
  readonly #contract: Contract;
  readonly #report: (error: unknown) => void;
  readonly #known = new Map<number, Known>();
  #bytes = 0;
  /** What was asked for last: readers at one place ask for the same. */
  #last: { readonly stretch: EntryRange; readonly entries: readonly Entry<TypedEvent>[] } | undefined;

  constructor(contract: Contract, report: (error: unknown) => void) {
    this.#contract = contract;
    this.#report = report;
  }

  /** The entries of a stretch of this epoch, in order. */
  entriesOf(stretch: EntryRange, epoch: string): readonly Entry<TypedEvent>[] {
    if (this.#last?.stretch === stretch) return this.#last.entries;
    const entries: Entry<TypedEvent>[] = [];
    let at = 0;
    for (let sequence = stretch.after + 1; sequence <= stretch.last; sequence++) {
      const known = this.#known.get(sequence);
      if (known === undefined || known.entry.epoch !== epoch) break;
      entries.push(known.entry);
      at += known.size;
    }
    if (at < stretch.bytes.length) this.#decode(stretch.bytes.subarray(at), stretch.after, epoch, entries);
    this.#last = { stretch, entries };
    return entries;
  }

  /** Adds those that nobody has asked for before: at the tail they are few, and the same for all who come. */
  #decode(bytes: Uint8Array, after: number, epoch: string, entries: Entry<TypedEvent>[]): void {
    // A block has no empty line in it, so an empty line is the end of an entry and nothing else.
    const blocks = decoder.decode(bytes).split('\n\n');
    let index = 0;
    const onMessage = (message: Message): void => {
      const block = `${blocks[index++]}\n\n`;
      const event = this.#decoded(message);
      const entry = new Entry(epoch, after + entries.length + 1, event, event && block);
      entries.push(entry);
      this.#keep({ entry, size: utf8Length(block) });
    };
    new FrameParser({ onMessage, maxEventBytes: Infinity }).push(bytes);
  }

  #decoded(message: Message): TypedEvent | undefined {
    try {
      return this.#event(message);
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  #event({ event: name = '', data }: Message): TypedEvent {
    const definition = definitionNamed(this.#contract, name);
    if (definition === undefined) {
      const names = namesOf(this.#contract).join(', ');
      throw new DecodeError(data, [`type: expected one of ${names}, got a name that the contract does not have`]);
    }
    const decoded = definition.codec.decode({ type: name, data: JSON.parse(data) });
    if (isLeft(decoded)) throw new DecodeError(data, linesOf(issuesOf(decoded.left, name)));
    return decoded.right;
  }

  #keep(known: Known): void {
    const { sequence } = known.entry;
    this.#bytes += known.size - (this.#known.get(sequence)?.size ?? 0);
    this.#known.set(sequence, known);
    while (this.#known.size > kept.entries || (this.#bytes > kept.bytes && this.#known.size > 1)) {
      const [oldest] = this.#known;
      if (oldest === undefined) return;
      this.#known.delete(oldest[0]);
      this.#bytes -= oldest[1].size;
    }
  }
}

/** An entry, and its bytes on the wire. */
interface Known {
  readonly entry: Entry<TypedEvent>;
  readonly size: number;
}
