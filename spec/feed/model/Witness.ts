import { isLeft } from 'fp-ts/lib/Either.js';
import { type Position, parseCursor } from '../../../lib/event/cursor.ts';
import type { LogState } from '../../../lib/index.ts';
import type { Message } from '../../../lib/wire/index.ts';
import type { Story } from './Story.ts';

/** What one reader gets of a feed: which events, and how they look. */
export interface View {
  passes(n: number): boolean;
  shown(n: number): number;
}

/** One connection of a reader, as far as it decides what the reader should get. */
export interface Visit {
  /** The cursor that it came with. */
  readonly requested: string | undefined;
  readonly from: 'live' | 'oldest';
  readonly gapPolicy: 'replay' | 'skip' | 'end' | undefined;
  /** The log answers at once, so that places are exact. */
  readonly inMemory: boolean;
  /** The state of the log when it connected. */
  readonly found: LogState;
}

/** A frame, and the state of the log when it arrived. */
export interface Arrived {
  readonly frame: Message;
  readonly state: LogState;
}

/**
 * What a logical reader saw over all its connections, beside what is true:
 * fails at the first event that is missing, repeated or in the wrong place, at
 * a gap where nothing is missing, and at a place that is not where it should be.
 */
export class Witness {
  /** The newest id, with which it comes back. */
  lastId: string | undefined;
  readonly #view: View;
  readonly #stories: ReadonlyMap<string, Story>;
  #at: Position | undefined;

  constructor(view: View, stories: ReadonlyMap<string, Story>, lastId?: string) {
    this.#view = view;
    this.#stories = stories;
    this.lastId = lastId;
  }

  /** How far it has come; the reader itself may have been told less. */
  get at(): Position | undefined {
    return this.#at;
  }

  /** The first block of a connection, and the gap behind it where there is one. */
  opens(visit: Visit, resume: string, first: Arrived, second: Arrived | undefined): void {
    const { frame, state } = first;
    holds('the first block is a position', frame.event === 'rxsse.position');
    const { requested } = visit;
    const isGap = resume.startsWith('gap');
    if (isGap) same('the place before the gap', frame.id, resume.endsWith('invalid') ? undefined : requested);
    // A reader that did not get the gap keeps its position.
    if (isGap && second === undefined) return;
    const { id } = isGap && second !== undefined ? second.frame : frame;
    const place = placeOf(id);
    holds('the place is in the present epoch', place.epoch === visit.found.epoch);
    if (requested === undefined) {
      const isTrimmed = visit.from === 'oldest' && (visit.inMemory ? visit.found.floor > 0 : place.sequence > 0);
      same('what is said of a fresh reader', resume, isTrimmed ? 'gap;reason=trimmed' : 'live');
      this.#standsAt(visit.from, place, visit, state);
      const gap = { reason: 'trimmed', requested: null, resumedFrom: id };
      if (isTrimmed) same('the gap', JSON.parse(second?.frame.data ?? ''), gap);
    } else if (resume === 'exact') {
      same('the place', frame.id, requested);
      if (visit.inMemory) holds('what follows is still kept', place.sequence >= visit.found.floor);
    } else {
      const reason = resume.replace('gap;reason=', '');
      this.#mayMiss(reason, requested, state);
      this.#standsAt(visit.gapPolicy ?? (reason === 'invalid' ? visit.from : 'replay'), place, visit, state);
      same('the gap', JSON.parse(second?.frame.data ?? ''), {
        reason,
        requested: reason === 'invalid' ? null : requested,
        resumedFrom: id,
      });
    }
    this.#at = place;
    this.lastId = id;
  }

  /** Any block behind those. */
  sees({ frame, state }: Arrived, gapPolicy: Visit['gapPolicy'], missedEnds: boolean): void {
    const { event, id } = frame;
    const at = this.#at;
    if (at === undefined) throw new Error('it saw something before it had a place');
    const place = placeOf(id);
    same('the epoch', place.epoch, at.epoch);
    if (event === 'rxsse.gap') {
      const { reason, requested, resumedFrom } = JSON.parse(frame.data);
      same('the reason in mid-stream', reason, 'trimmed');
      this.#passesBy(at, placeOf(requested).sequence);
      const bound = gapPolicy === 'skip' || gapPolicy === 'end' ? state.tail : state.floor;
      holds('something is missing', placeOf(requested).sequence < place.sequence && place.sequence <= bound);
      same('where it goes on', resumedFrom, id);
    } else if (event === 'rxsse.end') {
      if (!missedEnds) {
        holds('the end comes after the end', state.ended !== false);
        same('the place of the end', place.sequence, state.tail);
      }
      this.#passesBy(at, place.sequence);
    } else if (event === 'rxsse.position') {
      holds('a position moves on', place.sequence > at.sequence);
      this.#passesBy(at, place.sequence);
    } else {
      this.#passesBy(at, place.sequence - 1);
      const [n = Number.NaN] = this.#events(at.epoch, place.sequence - 1, place.sequence);
      holds(`${id} is for it`, this.#view.passes(n));
      same(`the event at ${id}`, JSON.parse(frame.data).n, this.#view.shown(n));
    }
    this.#at = place;
    this.lastId = id;
  }

  /** Nothing that it should have follows the place that it has. */
  isComplete(story: Story): void {
    same('the epoch at the end', this.#at?.epoch, story.epoch);
    if (this.#at !== undefined) this.#passesBy(this.#at, story.events.length);
  }

  /** From its place up to another there is nothing for it. */
  #passesBy(at: Position, sequence: number): void {
    holds(`the place rises from ${at.sequence} to ${sequence}`, sequence >= at.sequence);
    const missing = this.#events(at.epoch, at.sequence, sequence).filter((n) => this.#view.passes(n));
    same(`what was skipped between ${at.sequence} and ${sequence}`, missing, []);
  }

  #events(epoch: string, after: number, last: number): readonly number[] {
    return this.#stories.get(epoch)?.events.slice(after, last) ?? [];
  }

  #mayMiss(reason: string, requested: string, state: LogState): void {
    const parsed = parseCursor(requested);
    if (isLeft(parsed)) return same('the reason', reason, 'invalid');
    const { epoch, sequence } = parsed.right;
    if (epoch !== state.epoch) return same('the reason', reason, 'epoch');
    same('the reason', reason, 'trimmed');
    holds('something is missing', sequence < state.floor);
  }

  #standsAt(
    where: 'live' | 'oldest' | 'replay' | 'skip' | 'end',
    place: Position,
    { found, inMemory }: Visit,
    state: LogState,
  ): void {
    const side = where === 'oldest' || where === 'replay' ? 'floor' : 'tail';
    if (inMemory) same(`the place, ${where}`, place.sequence, found[side]);
    // Where the log takes its time the place is as old as its answer.
    else holds(`the place, ${where}, is at most ${state[side]}`, place.sequence <= state[side]);
  }
}

function placeOf(cursor: unknown): Position {
  const parsed = parseCursor(String(cursor));
  if (isLeft(parsed)) throw new Error(`${cursor}: ${parsed.left}`);
  return parsed.right;
}

export function holds(what: string, is: boolean): void {
  if (!is) throw new Error(`it does not hold that ${what}`);
}

export function same(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}
