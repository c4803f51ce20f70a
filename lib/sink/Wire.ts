import { checkSynchronous } from '../data/callUser.ts';
import { checkBoolean, checkOneOf } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { reportError } from '../error/reportError.ts';
import { checkName, type FrameRules } from '../event/encodeEvent.ts';
import type { Gap } from '../event/Gap.ts';
import type { EntryRange } from '../log/EventLog.ts';
import { encodeMessage } from '../wire/encodeFrame.ts';
import { isFrame, type Message } from '../wire/Frame.ts';
import { reserved } from '../wire/reserved.ts';
import { eventSourceNames } from '../wire/reservedName.ts';

/** How a route writes what is not an event of its stream: positions, gaps and the end. @category sink */
export interface WireOptions {
  /**
   * How the reader gets positions.
   *
   * - `'events'`: each event has an id, and a position without an event is an event `rxsse.position` with empty data.
   * - `'ids'`: each event has an id, and a position without an event is a block with `id:` and `retry:` alone, which a
   *   client that follows the standard does not dispatch. Firefox's EventSource ignores such an id, and so do clients
   *   that retain the ids of events only.
   * - `'none'`: no ids, and no blocks but the events. Such a reader cannot resume by a cursor.
   *
   * @default 'events'
   */
  readonly control?: 'events' | 'ids' | 'none';
  /**
   * Announces that the stream has completed: by the event `rxsse.end`, not at all, or by a frame of the protocol such as
   * `message({ text: '[DONE]' })`. Unless `control` is `'none'`, it has the end cursor as id, or a block with that id
   * follows, so that a reader that comes back is answered 204. Where it is not `'event'`, a reader could not distinguish
   * the end of its connection from the end of the stream, so that a connection that ends early (`maxAge`, `expiresAt`,
   * `shutdown`, a feed that failed) is cut.
   *
   * @default 'event' where `control` is 'events', 'none' otherwise
   */
  readonly end?: 'event' | 'none' | Message;
  /**
   * Reports that events are missing: by the event `rxsse.gap`, not at all, or by the frame of the protocol that the
   * function returns, which gets the id of the position. `undefined` sends nothing. The header `Rxsse-Resume` and
   * `onGap` report the gap in any case. To end there, use `resume: { gapPolicy: 'end' }`.
   *
   * @default 'event' where `control` is 'events', 'none' otherwise
   */
  readonly gap?: 'event' | 'none' | ((gap: Gap['data']) => Message | undefined);
  /**
   * Whether `retry:` is sent, the wait before a reconnect. Without it, a reader that is refused because the server is full
   * gets 503 or 429 with `Retry-After`, since it is not an EventSource.
   *
   * @default true, `false` where `control` is 'none'
   */
  readonly retry?: boolean;
}

/**
 * The profile of a route's wire: `'rxsse'` is `{}`, for EventSource and this library's client, and `'data-only'` is
 * `{ control: 'none' }`, for clients of another protocol.
 *
 * @category sink
 */
export type WireProfile = 'rxsse' | 'data-only' | WireOptions;

/** Why a feed cannot be read in a route that numbers its events itself. */
export const feedHasPositions =
  "sse: resume: 'own-ids' is for a stream that numbers its events itself; leave it out, a feed has positions and resumes";

const noGapFrame = 'sse: wire.gap must return a frame made by message(...) or undefined';
const noNames: ReadonlySet<string> = new Set();
const controls = ['events', 'ids', 'none'] as const;
const heartbeatEncoder = new TextEncoder();

/** Encodes what a route sends beside the events of its stream, by its option `wire`. */
export class Wire {
  readonly control: (typeof controls)[number];
  readonly retry: boolean;
  /** True where events are sent with the id of their position. */
  readonly hasIds: boolean;
  /** True where the program numbers its events and resumes by itself. */
  readonly hasOwnIds: boolean;
  /** True where a reader can distinguish the end of the stream from the end of its connection. */
  readonly announcesEnd: boolean;
  /** True where missing events are reported by `rxsse.gap`. */
  readonly announcesGap: boolean;
  readonly rules: FrameRules;
  /**
   * The comment that is sent as a heartbeat. With `control: 'events'` alone an empty line follows it, since some other clients
   * dispatch an empty message for that.
   */
  readonly heartbeat: Uint8Array;
  readonly #end: Required<WireOptions>['end'];
  readonly #gap: Required<WireOptions>['gap'];
  /** The last range without ids: readers at the same position get the same range. */
  #stripped: { readonly range: EntryRange; readonly bytes: Uint8Array } | undefined;

  constructor(profile: WireProfile = 'rxsse', hasOwnIds = false) {
    const options = optionsOf(profile);
    const { control = 'events' } = options;
    checkOneOf('sse: wire.control', control, controls);
    const isRxsse = control === 'events';
    const { end = isRxsse ? 'event' : 'none', gap = isRxsse ? 'event' : 'none' } = options;
    const { retry = control !== 'none' } = options;
    checkBoolean('sse: wire.retry', retry);
    if (typeof gap !== 'function') checkOneOf('sse: wire.gap', gap, ['event', 'none'], 'a function');
    if (!isMessage(end)) checkOneOf('sse: wire.end', end, ['event', 'none'], 'a frame made by message(...)');
    else if (end.id !== undefined) throw new TypeError('sse: wire.end has an id; leave it out, it gets the end cursor');
    this.control = control;
    this.retry = retry;
    this.hasOwnIds = hasOwnIds;
    this.hasIds = control !== 'none' && !hasOwnIds;
    this.announcesEnd = end === 'event';
    this.announcesGap = gap === 'event';
    this.rules = { hasOwnIds, reservedNames: isRxsse ? eventSourceNames : noNames };
    if (isMessage(end)) checkName('sse: a wire.end', end.event, this.rules);
    this.heartbeat = heartbeatEncoder.encode(isRxsse ? ':\n\n' : ':\n');
    this.#end = end;
    this.#gap = gap;
  }

  /** Returns the block with the wait before a reader reconnects, and the reader's position, if it has one. */
  preamble(cursor: string | undefined, retry: number): string {
    return this.position(cursor, this.retry ? retry : undefined);
  }

  /**
   * Returns the block that moves the reader to a position, or '' where there is nothing to send.
   *
   * The data of the event is an empty line rather than absent: Firefox ignores the id of a block without data. No
   * listener has its name, so nothing is dispatched to the program.
   */
  position(cursor: string | undefined, retry?: number): string {
    if (this.control === 'events') return encodeMessage(cursor, reserved.position, '', retry);
    const id = this.hasIds && cursor !== undefined ? `id: ${cursor}\n` : '';
    const wait = retry === undefined ? '' : `retry: ${retry}\n`;
    return id === '' && wait === '' ? '' : `${id}${wait}\n`;
  }

  /** Returns the frames of a gap, at the position before the event that follows. */
  gap(data: Gap['data'], cursor: string | null = data.resumedFrom): string {
    const id = this.hasIds && cursor !== null ? cursor : undefined;
    if (this.#gap === 'event') return encodeMessage(id, reserved.gap, JSON.stringify(data));
    const frame = this.#gapFrame(data);
    if (frame === undefined) return cursor === null ? '' : this.position(cursor);
    return encodeMessage(id, frame.event, frame.data, frame.retry);
  }

  /** Returns the frames after which nothing follows, or `undefined` where a failed end cannot be expressed. */
  end(cursor: string, failed = false): string | undefined {
    if (failed && !this.announcesEnd) return undefined;
    const id = this.control === 'none' ? undefined : cursor;
    if (this.#end === 'event') return encodeMessage(id, reserved.end, failed ? '{"reason":"failed"}' : 'null');
    if (this.#end !== 'none') return encodeMessage(id, this.#end.event, this.#end.data, this.#end.retry);
    return this.hasIds ? this.position(cursor) : '';
  }

  /** Returns a frame of a log as it is sent. */
  frame(frame: string): string {
    return this.hasIds ? frame : withoutId(frame);
  }

  /** Returns the bytes of a log without their ids, for a wire that has none. */
  bytes(range: EntryRange): Uint8Array {
    if (this.#stripped?.range !== range) this.#stripped = { range, bytes: bytesWithoutIds(range.bytes) };
    return this.#stripped.bytes;
  }

  /** Returns the frame that the program has for a gap. An error that the function throws is reported, and the reader gets nothing. */
  #gapFrame(data: Gap['data']): Message | undefined {
    if (typeof this.#gap !== 'function') return undefined;
    try {
      const frame = checkSynchronous('sse: wire.gap', this.#gap(data));
      if (frame === undefined) return frame;
      if (!isMessage(frame)) throw new TypeError(`${noGapFrame}, got ${kindOf(frame)}`);
      checkName('sse: a frame of wire.gap', frame.event, this.rules);
      return frame;
    } catch (error) {
      reportError('wire.gap of sse', error);
      return undefined;
    }
  }
}

function optionsOf(profile: WireProfile): WireOptions {
  if (profile === 'rxsse') return {};
  if (profile === 'data-only') return { control: 'none' };
  if (kindOf(profile) === 'object') return profile;
  checkOneOf('sse: wire', profile, ['rxsse', 'data-only'], 'an object');
  return profile;
}

function isMessage(value: unknown): value is Message {
  return isFrame(value) && value._tag === 'Message';
}

const LF = 10;
/** `id:`, as a number that three bytes are compared with at once. */
const idField = 0x69643a;

/** Returns a frame of a log without its id, which is its first line, as this library's logs write it. */
export function withoutId(frame: string): string {
  return frame.startsWith('id:') ? frame.slice(frame.indexOf('\n') + 1) : frame.replace(/^id:.*\n/m, '');
}

/** Returns the frames of a log without their ids. No other line starts with `id:`, since data lines start with `data:`. */
function bytesWithoutIds(bytes: Uint8Array): Uint8Array {
  const rest = new Uint8Array(bytes.length);
  let length = 0;
  for (let from = 0; from < bytes.length; ) {
    const lineEnd = bytes.indexOf(LF, from);
    const to = lineEnd === -1 ? bytes.length : lineEnd + 1;
    const field = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    if (field !== idField) {
      rest.set(bytes.subarray(from, to), length);
      length += to - from;
    }
    from = to;
  }
  return rest.subarray(0, length);
}
