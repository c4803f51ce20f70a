import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { decodesToItself } from '../codec/decodesToItself.ts';
import { issuesOf, linesOf } from '../codec/describeFailure.ts';
import { ExactCodec } from '../codec/exact/ExactCodec.ts';
import { jsonCopyOf, notPlain } from '../data/plainCopy.ts';
import { SequenceCache } from '../data/SequenceCache.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { cursorOf } from '../event/cursor.ts';
import { Entry } from '../event/Entry.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { CheckedEvent, type EncodedEvent } from '../event/encodeEvent.ts';
import { type Contract, findDefinition, unknownType } from '../event/events.ts';
import { stamp } from '../event/stamp.ts';
import type { Appended, AppendOptions, EntryRange, EventLog } from '../log/EventLog.ts';
import { Settled } from '../log/Settled.ts';
import { SourceSubscriber } from '../operator/SourceSubscriber.ts';
import { encodeMessage } from '../wire/encodeFrame.ts';
import type { Message } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';

/** How many decoded entries, and how many characters of theirs, are retained for other readers at the same position. */
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
  readonly #log: EventLog;
  readonly #report: (error: unknown) => void;
  readonly #entries = new SequenceCache<Entry<TypedEvent>>(limits);
  /** The last result: readers at the same position request the same range. */
  #last: { readonly range: EntryRange; readonly entries: readonly Entry<TypedEvent>[] } | undefined;

  /** How many pipelines read the feed. */
  #pipelines = 0;

  constructor(contract: Contract, log: EventLog, report: (error: unknown) => void) {
    this.#contract = contract;
    this.#log = log;
    this.#report = report;
  }

  /** Returns the entries of a range of this epoch, in order. */
  entriesOf(range: EntryRange, epoch: string): readonly Entry<TypedEvent>[] {
    if (this.#last?.range === range) return this.#last.entries;
    const entries = this.#cached(range, epoch) ?? this.#decode(range, epoch);
    this.#last = { range, entries };
    return entries;
  }

  /** Counts a pipeline that reads the feed. Returns the function that counts it out. */
  addPipeline(): () => void {
    this.#pipelines++;
    return () => {
      this.#pipelines--;
    };
  }

  /**
   * Appends to the log. While there are pipelines, the events are cached, so that readers at the tail need not decode them:
   * those that decoding restores as they are. They are copies, since the program may change its objects.
   */
  append(events: readonly EncodedEvent[], options?: AppendOptions): Observable<Appended> {
    const appended = this.#log.append(events, options);
    // What was appended under the key before may be other events.
    if (this.#pipelines > 0 && options?.key === undefined) this.#retain(events, appended);
    return appended;
  }

  #retain(events: readonly EncodedEvent[], appended: Observable<Appended>): void {
    const restored = events.map(restoredEvent);
    const onAppended = ({ epoch, first }: Appended): void => {
      events.forEach(({ event, data }, index) => {
        const made = restored[index];
        const sequence = first + index;
        if (made === undefined) return;
        this.#add(epoch, sequence, made, encodeMessage(cursorOf(epoch, sequence), event, data));
      });
    };
    if (appended instanceof Settled) onAppended(appended.value);
    else appended.subscribe(new AppendObserver(onAppended));
  }

  /** Returns the entries of a range, if the cache has all of them. */
  #cached({ after, last }: EntryRange, epoch: string): readonly Entry<TypedEvent>[] | undefined {
    const entries: Entry<TypedEvent>[] = [];
    for (let sequence = after + 1; sequence <= last; sequence++) {
      const entry = this.#entries.get(sequence);
      if (entry === undefined || entry.epoch !== epoch) return undefined;
      entries.push(entry);
    }
    return entries;
  }

  #decode({ after, bytes }: EntryRange, epoch: string): readonly Entry<TypedEvent>[] {
    // A frame contains no empty line, so an empty line is always the end of an entry.
    const frames = decoder.decode(bytes).split('\n\n');
    const entries: Entry<TypedEvent>[] = [];
    const onMessage = (message: Message): void => {
      const frame = `${frames[entries.length]}\n\n`;
      entries.push(this.#add(epoch, after + entries.length + 1, this.#eventOf(message), frame));
    };
    new FrameParser({ onMessage, maxEventBytes: Infinity }).push(bytes);
    return entries;
  }

  #add(epoch: string, sequence: number, event: TypedEvent | undefined, frame: string): Entry<TypedEvent> {
    const entry = new Entry(epoch, sequence, event, event && frame);
    this.#entries.set(sequence, entry, frame.length);
    return entry;
  }

  #eventOf({ event: name = '', data }: Message): TypedEvent | undefined {
    try {
      const definition = findDefinition(this.#contract, name);
      if (definition === undefined) throw new DecodeError(data, [unknownType(this.#contract, name)], name);
      const decoded = definition.codec.decode({ type: name, data: parsed(name, data) });
      if (isLeft(decoded)) throw new DecodeError(data, linesOf(issuesOf(decoded.left, name)), name);
      return decoded.right;
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }
}

/** Parses the data of an entry. @throws DecodeError without the text, which the error of JSON.parse shows in part. */
function parsed(name: string, data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new DecodeError(data, [`${name}.data: expected JSON, got other text`], name);
  }
}

/** Returns the event that decoding would give; `undefined` where only decoding can tell. */
function restoredEvent(encoded: EncodedEvent): TypedEvent | undefined {
  if (!(encoded instanceof CheckedEvent)) return undefined;
  const { definition, fields } = encoded;
  if (!(definition.payload instanceof ExactCodec) || !decodesToItself(definition.payload)) return undefined;
  const data = jsonCopyOf(fields);
  return data === notPlain ? undefined : stamp({ type: definition.type, data }, definition);
}

/** Observes an append. Its failure concerns the caller of the append. */
class AppendObserver extends SourceSubscriber<Appended> {
  readonly #onAppended: (appended: Appended) => void;

  constructor(onAppended: (appended: Appended) => void) {
    super();
    this.#onAppended = onAppended;
  }

  protected override _next(appended: Appended): void {
    this.#onAppended(appended);
  }

  protected override _error(): void {}

  protected override _complete(): void {}
}
