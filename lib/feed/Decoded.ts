import { isLeft } from 'fp-ts/lib/Either.js';
import { DecodeError } from '../error/DecodeError.ts';
import { issuesOf, linesOf } from '../event/describeFailure.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type Contract, definitionNamed, namesOf } from '../event/events.ts';
import type { Stretch } from '../log/Segments.ts';
import type { Message } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';

/** Entries kept decoded for other readers who come to the same place, and their bytes; the newest one in any case. */
const kept = { entries: 1024, bytes: 1024 * 1024 };

const decoder = new TextDecoder();

interface Kept {
  readonly entry: Entry<TypedEvent>;
  /** What it is on the wire, in characters. */
  readonly bytes: number;
}

/**
 * The entries of a log as typed events, decoded once for all readers of a feed
 * that are near each other.
 *
 * What the contract does not know any more, since another version of the
 * program wrote it, is reported and leaves its place alone.
 */
export class Decoded {
  readonly #contract: Contract;
  readonly #report: (error: unknown) => void;
  readonly #kept = new Map<number, Kept>();
  #bytes = 0;

  constructor(contract: Contract, report: (error: unknown) => void) {
    this.#contract = contract;
    this.#report = report;
  }

  /** The entries of a stretch of this epoch, in order. */
  of({ after, last, bytes }: Stretch, epoch: string): readonly Entry<TypedEvent>[] {
    const entries: Entry<TypedEvent>[] = [];
    for (let sequence = after + 1; sequence <= last; sequence++) {
      const entry = this.#kept.get(sequence)?.entry;
      if (entry === undefined || entry.epoch !== epoch) return this.#decode({ after, last, bytes }, epoch);
      entries.push(entry);
    }
    return entries;
  }

  #decode({ after, bytes }: Stretch, epoch: string): readonly Entry<TypedEvent>[] {
    // A block has no empty line in it, so an empty line is the end of an entry and nothing else.
    const blocks = decoder.decode(bytes).split('\n\n');
    const entries: Entry<TypedEvent>[] = [];
    const onMessage = (message: Message): void => {
      const event = this.#decoded(message);
      const block = `${blocks[entries.length]}\n\n`;
      const entry = new Entry(epoch, after + entries.length + 1, event, event && block);
      entries.push(entry);
      this.#keep(entry, block);
    };
    new FrameParser({ onMessage, maxEventBytes: Infinity }).push(bytes);
    return entries;
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

  #keep(entry: Entry<TypedEvent>, block: string): void {
    this.#drop(entry.sequence);
    this.#kept.set(entry.sequence, { entry, bytes: block.length });
    this.#bytes += block.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= kept.entries && (this.#bytes <= kept.bytes || this.#kept.size === 1)) return;
      this.#drop(oldest);
    }
  }

  #drop(sequence: number): void {
    this.#bytes -= this.#kept.get(sequence)?.bytes ?? 0;
    this.#kept.delete(sequence);
  }
}
