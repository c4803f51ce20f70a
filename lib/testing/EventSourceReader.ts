import { checkOptions, type OptionKinds } from '../data/checkOptions.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import { connectReader, type ReaderOptions, type ReaderRun, type RouteHandler, readerKinds } from './connectReader.ts';
import type { ReceivedFrame } from './FrameRecorder.ts';
import { millisecondsOf } from './MarbleTime.ts';
import { type SocketStep, socketScript } from './socketScript.ts';
import type { TestReader } from './TestReader.ts';
import { callSite } from './testFailure.ts';

/** The requests of a reader that reconnects, and the script of its sockets. @category testing */
export interface EventSourceOptions extends Omit<ReaderOptions, 'socket' | 'method' | 'body'> {
  /**
   * The script of the current connection, by the time of the run, with the letters of a reader: `F`, `D`, `X`, `L`,
   * `#`, after which it reconnects by itself; and `C`: the page closes it for good.
   *
   * @default nothing: the sockets are fast and the page stays open
   */
  readonly socket?: string;
  /** The scripts of the first connection, the second and so on, each from its own start. @default nothing */
  readonly sockets?: readonly string[];
  /** The wait before it reconnects, until the stream sets another. @default 3000 */
  readonly retry?: number;
  /**
   * The most bytes that it gets at once: 1 splits each field and each character. @default Infinity: as they were
   * written
   */
  readonly chunk?: number;
}

/** How an `EventSource` ended for good: the response that ended it, and when. */
interface EventSourceEnd {
  /** Virtual milliseconds. */
  readonly at: number;
  /** 204 where the server ended it; any other response that is not a stream is a failure. */
  readonly status: number;
}

/** The kinds of the options of an EventSource of the test kit. */
export const eventSourceKinds: OptionKinds<EventSourceOptions> = {
  ...readerKinds,
  sockets: 'object',
  retry: 'number',
  chunk: 'number',
};

/**
 * A reader that behaves as a browser's `EventSource`, over any number of connections. Created by the helper
 * `eventSource`.
 *
 * A connection that ends or breaks is made again after `retry` ms, with the newest id as `Last-Event-ID`. Ids and
 * `retry` stay in force over all connections; an empty id clears. 204 ends it for good, as does every response that is
 * not a stream.
 *
 * @example Lose the connection, and no event
 * it('resumes', marbles(({ hot, eventSource, expectFrames }) => {
 *   const ticks = hot('   1ms a 9ms b 5ms c');
 *   const r = eventSource(sse({ resume: true, retry: 10 }, ticks), { socket: '5ms X 20ms C' });
 *   expectFrames(r).toBe('1ms a 13ms b 1ms c', { a: 'a', b: 'b', c: 'c' });
 * }, { until: '40s' }));
 *
 * @category testing
 */
export class EventSourceReader {
  /** Each connection, in order: its response, its frames, its end. */
  readonly connections: readonly TestReader[];
  /** When each connection was made, in virtual milliseconds. */
  readonly connectedAt: readonly number[];
  readonly #connections: TestReader[] = [];
  readonly #connectedAt: number[] = [];
  readonly #connect: () => void;
  readonly #run: ReaderRun;
  #lastEventId: string;
  #retry: number;
  #closed = false;
  #end: EventSourceEnd | undefined;

  /** @internal */
  constructor(run: ReaderRun, route: RouteHandler<SseRequest>, options: EventSourceOptions) {
    checkOptions('eventSource', options, eventSourceKinds);
    const { socket = '', sockets = [], retry = 3000, chunk = Infinity, at, lastEventId = '', ...request } = options;
    if (!(chunk >= 1)) throw new RangeError(`eventSource: chunk must be 1 byte or more, got ${chunk}`);
    if (!(retry >= 0)) throw new RangeError(`eventSource: retry must be 0 ms or more, got ${retry}`);
    const { scheduler } = run;
    const start = at === undefined ? scheduler.frame : millisecondsOf(at, 'eventSource: at');
    if (start < scheduler.frame) {
      throw new RangeError(`eventSource: at must be later than the current time of the run, ${scheduler.frame} ms`);
    }
    const scripts = sockets.map((script) => socketScript(script, 'eventSource: sockets'));
    const site = callSite();
    this.connections = this.#connections;
    this.connectedAt = this.#connectedAt;
    this.#run = run;
    this.#lastEventId = lastEventId;
    this.#retry = retry;

    this.#connect = () => {
      const id = this.#lastEventId;
      const script = scripts[this.#connections.length] ?? [];
      this.#connectedAt.push(scheduler.frame);
      const reader = connectReader(run, route, id === '' ? request : { ...request, lastEventId: id }, {
        site,
        chunk,
        onCreate: (created) => this.#connections.push(created),
        onChange: (changed) => this.#changed(changed),
      });
      for (const step of script) scheduler.schedule(() => step.apply(reader), step.at);
    };
    scheduler.schedule(() => this.#reconnect(), start - scheduler.frame);
    for (const step of socketScript(socket, 'eventSource: socket', 'C')) {
      if (step.at < scheduler.frame)
        throw new RangeError(`eventSource: socket has a step at ${step.at} ms, which has passed`);
      scheduler.schedule(() => this.#take(step), step.at - scheduler.frame);
    }
  }

  /** The frames of all connections, in order. */
  get frames(): readonly ReceivedFrame[] {
    return this.#connections.flatMap(({ frames }) => frames);
  }

  /** The current position. `''` is none. */
  get lastEventId(): string {
    return this.#connections.at(-1)?.lastEventId ?? this.#lastEventId;
  }

  /** The wait before it reconnects, in milliseconds. */
  get retry(): number {
    return this.#connections.at(-1)?.retry ?? this.#retry;
  }

  /** The `readyState` of an `EventSource`, in words. */
  get state(): 'connecting' | 'open' | 'closed' {
    const last = this.#connections.at(-1);
    if (this.#closed || this.#end !== undefined) return 'closed';
    return last !== undefined && last.closedAt === undefined && last.isStream ? 'open' : 'connecting';
  }

  /** How it ended for good; `undefined` while it is open, and when the page closed it. */
  get end(): EventSourceEnd | undefined {
    return this.#end;
  }

  #reconnect(): void {
    if (!this.#closed) this.#connect();
  }

  #take({ letter, apply }: SocketStep): void {
    const last = this.#connections.at(-1);
    if (letter === 'C') this.#closed = true;
    if (last === undefined || last.closedAt !== undefined) return;
    if (letter === 'C') last.response.disconnect();
    else apply(last);
  }

  #changed(reader: TestReader): void {
    if (this.#closed || this.#end !== undefined) return;
    const { status, isStream, closedAt: closed } = reader;
    if (status !== undefined && !isStream) {
      this.#end = { at: this.#run.scheduler.frame, status };
      // A browser does not read any further.
      if (closed === undefined) this.#run.scheduler.schedule(() => reader.response.disconnect());
    } else if (closed !== undefined) {
      this.#lastEventId = reader.lastEventId;
      this.#retry = reader.retry ?? this.#retry;
      this.#run.scheduler.schedule(() => this.#reconnect(), this.#retry);
    }
  }
}
