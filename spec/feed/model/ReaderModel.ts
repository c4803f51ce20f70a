import { isLeft } from 'fp-ts/lib/Either.js';
import { type Position, parseCursor } from '../../../lib/event/cursor.ts';
import type { LogState } from '../../../lib/index.ts';
import type { Message } from '../../../lib/wire/index.ts';
import type { EpochRecord } from './EpochRecord.ts';

/** The events of a feed that a reader receives, and the numbers that they show. */
export interface View {
  passes(n: number): boolean;
  shown(n: number): number;
}

/** The parts of a connection that decide what its reader receives. */
export interface ConnectionStart {
  /** The cursor of its request. */
  readonly requested: string | undefined;
  readonly from: 'live' | 'oldest';
  readonly gapPolicy: 'replay' | 'skip' | 'end' | undefined;
  /** True when the log answers synchronously, so that positions are exact. */
  readonly inMemory: boolean;
  /** The state of the log when it connected. */
  readonly found: LogState;
}

/** A frame, and the state of the log when it was received. */
export interface ReceivedFrame {
  readonly frame: Message;
  readonly state: LogState;
}

/**
 * Compares what a reader receives over all its connections with what was published: throws at the first event that is
 * missing, repeated or at a wrong position, at a gap where no event is missing, and at a wrong position.
 */
export class ReaderModel {
  /** The newest id, with which it reconnects. */
  lastId: string | undefined;
  readonly #view: View;
  readonly #epochs: ReadonlyMap<string, EpochRecord>;
  #position: Position | undefined;

  constructor(view: View, epochs: ReadonlyMap<string, EpochRecord>, lastId?: string) {
    this.#view = view;
    this.#epochs = epochs;
    this.lastId = lastId;
  }

  /** The newest position; `lastId` of the reader may be an older one. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Checks the first block of a connection, and the gap after it if there is one. */
  checkOpening(start: ConnectionStart, resume: string, first: ReceivedFrame, second: ReceivedFrame | undefined): void {
    const { frame, state } = first;
    check('the first block is a position', frame.event === 'rxsse.position');
    const { requested } = start;
    const isGap = resume.startsWith('gap');
    if (isGap) checkEqual('the position before the gap', frame.id, resume.endsWith('invalid') ? undefined : requested);
    // A reader that has not received the gap retains its position.
    if (isGap && second === undefined) return;
    const { id } = isGap && second !== undefined ? second.frame : frame;
    const position = positionOf(id);
    check('the position is in the current epoch', position.epoch === start.found.epoch);
    if (requested === undefined) {
      const isTrimmed = start.from === 'oldest' && (start.inMemory ? start.found.floor > 0 : position.sequence > 0);
      checkEqual('the header Rxsse-Resume of a first connection', resume, isTrimmed ? 'gap;reason=trimmed' : 'live');
      this.#checkStart(start.from, position, start, state);
      const gap = { reason: 'trimmed', requested: null, resumedFrom: id };
      if (isTrimmed) checkEqual('the gap', JSON.parse(second?.frame.data ?? ''), gap);
    } else if (resume === 'exact') {
      checkEqual('the position', frame.id, requested);
      if (start.inMemory) check('the later entries are retained', position.sequence >= start.found.floor);
    } else {
      const reason = resume.replace('gap;reason=', '');
      this.#checkReason(reason, requested, state);
      this.#checkStart(start.gapPolicy ?? (reason === 'invalid' ? start.from : 'replay'), position, start, state);
      checkEqual('the gap', JSON.parse(second?.frame.data ?? ''), {
        reason,
        requested: reason === 'invalid' ? null : requested,
        resumedFrom: id,
      });
    }
    this.#position = position;
    this.lastId = id;
  }

  /** Checks a later block. */
  checkFrame({ frame, state }: ReceivedFrame, gapPolicy: ConnectionStart['gapPolicy'], missedEnds: boolean): void {
    const { event, id } = frame;
    const at = this.#position;
    if (at === undefined) throw new Error('the reader received a block before it had a position');
    const position = positionOf(id);
    checkEqual('the epoch', position.epoch, at.epoch);
    if (event === 'rxsse.gap') {
      const { reason, requested, resumedFrom } = JSON.parse(frame.data);
      checkEqual('the reason in mid-stream', reason, 'trimmed');
      this.#checkNothingMissed(at, positionOf(requested).sequence);
      const bound = gapPolicy === 'skip' || gapPolicy === 'end' ? state.tail : state.floor;
      check('something is missing', positionOf(requested).sequence < position.sequence && position.sequence <= bound);
      checkEqual('resumedFrom', resumedFrom, id);
    } else if (event === 'rxsse.end') {
      if (!missedEnds) {
        check('the log has ended when the end is received', state.ended !== false);
        checkEqual('the position of the end', position.sequence, state.tail);
      }
      this.#checkNothingMissed(at, position.sequence);
    } else if (event === 'rxsse.position') {
      check('a position rises', position.sequence > at.sequence);
      this.#checkNothingMissed(at, position.sequence);
    } else {
      this.#checkNothingMissed(at, position.sequence - 1);
      const [n = Number.NaN] = this.#events(at.epoch, position.sequence - 1, position.sequence);
      check(`${id} passes the filter`, this.#view.passes(n));
      checkEqual(`the event at ${id}`, JSON.parse(frame.data).n, this.#view.shown(n));
    }
    this.#position = position;
    this.lastId = id;
  }

  /** Checks that no event that passes the filter follows its position. */
  checkComplete(current: EpochRecord): void {
    checkEqual('the epoch at the end', this.#position?.epoch, current.epoch);
    if (this.#position !== undefined) this.#checkNothingMissed(this.#position, current.events.length);
  }

  /** Checks that no event passes the filter between two positions. */
  #checkNothingMissed(at: Position, sequence: number): void {
    check(`the position rises from ${at.sequence} to ${sequence}`, sequence >= at.sequence);
    const missing = this.#events(at.epoch, at.sequence, sequence).filter((n) => this.#view.passes(n));
    checkEqual(`the events missed between ${at.sequence} and ${sequence}`, missing, []);
  }

  #events(epoch: string, after: number, last: number): readonly number[] {
    return this.#epochs.get(epoch)?.events.slice(after, last) ?? [];
  }

  #checkReason(reason: string, requested: string, state: LogState): void {
    const parsed = parseCursor(requested);
    if (isLeft(parsed)) return checkEqual('the reason', reason, 'invalid');
    const { epoch, sequence } = parsed.right;
    if (epoch !== state.epoch) return checkEqual('the reason', reason, 'epoch');
    checkEqual('the reason', reason, 'trimmed');
    check('something is missing', sequence < state.floor);
  }

  #checkStart(
    from: 'live' | 'oldest' | 'replay' | 'skip' | 'end',
    position: Position,
    { found, inMemory }: ConnectionStart,
    state: LogState,
  ): void {
    const side = from === 'oldest' || from === 'replay' ? 'floor' : 'tail';
    if (inMemory) checkEqual(`the position, ${from}`, position.sequence, found[side]);
    // The position is as old as the answer of a log that answers later.
    else check(`the position, ${from}, is at most ${state[side]}`, position.sequence <= state[side]);
  }
}

function positionOf(cursor: unknown): Position {
  const parsed = parseCursor(String(cursor));
  if (isLeft(parsed)) throw new Error(`${cursor}: ${parsed.left}`);
  return parsed.right;
}

export function check(what: string, is: boolean): void {
  if (!is) throw new Error(`it does not hold that ${what}`);
}

export function checkEqual(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}
