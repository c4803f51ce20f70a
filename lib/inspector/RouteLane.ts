import { asyncScheduler, Subject, type Subscription } from 'rxjs';
import type { AnyHandler } from '../sink/handler.ts';
import { metricsOf, type RouteMetrics } from '../sink/metricsOf.ts';
import type { Route } from '../sink/Route.ts';
import { FrameParser } from '../wire/FrameParser.ts';
import { utf8Length } from '../wire/utf8.ts';
import { describeEvents } from './describeEvents.ts';
import type { LaneData, MarkData, RouteStatusData } from './Inspection.ts';
import { MarkBuffer } from './MarkBuffer.ts';
import type { ShowPayload } from './payloadsShownBy.ts';

/** How many bytes of what is written are looked at for one tick at most. */
const maxParsed = 64 * 1024;

/** Above this many connections they are counted once in ten ticks. */
const manyConnections = 2000;

/** Collects what a route writes to its readers, and what its metrics say. */
export class RouteLane {
  readonly kind = 'route';
  readonly id: string;
  readonly name: string;
  readonly route: Route;
  readonly marks = new MarkBuffer();
  readonly #handler: AnyHandler;
  readonly #show: ShowPayload;
  #written: Subscription | undefined;
  #before: RouteMetrics;
  #ticks = 0;
  /** The last chunk: a feed writes the same to all readers at its tail. */
  #lastChunk: Uint8Array | string | undefined;
  #parsed = 0;
  /** Events that were counted in the last tick and not written in it. */
  #unwritten = 0;

  constructor(name: string, handler: AnyHandler, route: Route, show: ShowPayload) {
    this.id = `route:${name}`;
    this.name = name;
    this.route = route;
    this.#handler = handler;
    this.#show = show;
    this.#before = metricsOf(handler);
  }

  describe(): LaneData {
    const { id, kind, name } = this;
    return { id, kind, name, events: describeEvents(this.route.contract, false) };
  }

  open(): void {
    this.#before = metricsOf(this.#handler);
    this.#unwritten = 0;
    const { stats, settings } = this.route;
    // What is written is compressed then.
    if (settings.compression !== undefined) return;
    stats.tap ??= new Subject();
    this.#written = stats.tap.subscribe((chunk) => this.#onWrite(chunk));
  }

  close(): void {
    const { stats } = this.route;
    this.#written?.unsubscribe();
    if (stats.tap?.observed === false) stats.tap = undefined;
    this.#lastChunk = undefined;
  }

  collect(now: number): void {
    const hasWritten = this.#parsed > 0;
    this.#parsed = 0;
    this.#lastChunk = undefined;
    if (this.route.connections.size > manyConnections && this.#ticks++ % 10 !== 0) return;
    const before = this.#before;
    const metrics = metricsOf(this.#handler);
    this.#before = metrics;
    const counted = metrics.events - before.events;
    // A pipeline counts an event in one turn and writes it in the next: the marks that belong to the count are in the next tick.
    const isEarly = this.#written !== undefined && !hasWritten && this.#unwritten === 0;
    this.marks.count(isEarly ? 0 : this.#unwritten + counted, metrics.bytes - before.bytes);
    this.#unwritten = isEarly ? counted : 0;
    const add = (kind: MarkData['kind'], name: string, count: number): void => {
      if (count > 0) this.marks.addOther({ at: now, kind, name, bytes: 0, count });
    };
    add('open', 'open', metrics.opened - before.opened);
    add('heartbeat', 'heartbeat', metrics.heartbeats - before.heartbeats);
    for (const [reason, count] of Object.entries(metrics.gaps))
      add('gap', reason, count - numberIn(before.gaps, reason));
    for (const [reason, count] of Object.entries(metrics.closed)) {
      add(kindOfClose(reason), reason, count - numberIn(before.closed, reason));
    }
  }

  status(): RouteStatusData {
    const { connections, busy, lag, opened, heartbeats, dropped, closed, refused, gaps } = this.#before;
    const { id: lane } = this;
    return { lane, connections, busy, lag: lag.max, opened, heartbeats, dropped, closed, refused, gaps };
  }

  #onWrite(chunk: Uint8Array | string): void {
    if (chunk === this.#lastChunk) return;
    this.#lastChunk = chunk;
    if (this.#parsed > maxParsed) return this.marks.skip();
    this.#parsed += chunk.length;
    const parser = new FrameParser({
      maxEventBytes: Infinity,
      onMessage: ({ event = 'message', data, id }) => {
        if (event.startsWith('rxsse.')) return;
        this.marks.addEvent(() => {
          const shown = this.#show(event, data);
          const mark = {
            at: asyncScheduler.now(),
            kind: 'event',
            name: event,
            bytes: utf8Length(data),
            ...shown,
          } as const;
          return id === undefined ? mark : { ...mark, cursor: id };
        });
      },
    });
    parser.push(typeof chunk === 'string' ? chunkEncoder.encode(chunk) : chunk);
  }
}

const chunkEncoder = new TextEncoder();

function numberIn(counts: Readonly<Record<string, number>>, reason: string): number {
  return counts[reason] ?? 0;
}

function kindOfClose(reason: string): MarkData['kind'] {
  if (reason === 'completed') return 'end';
  return /^(failed|timeout|stalled|overflow)$/.test(reason) ? 'error' : 'close';
}
