import { type Observable, Subject } from 'rxjs';
import { checkOptions, type OptionKinds } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import type { RouteHandler } from './connectReader.ts';
import { deliveryCheck, type Promised } from './deliveryCheck.ts';
import type { EventSourceOptions, EventSourceReader } from './EventSourceReader.ts';
import { eventSourceKinds } from './EventSourceReader.ts';
import { type MarbleHelpersBase, MarbleRun } from './MarbleRun.ts';
import { type MarbleTime, millisecondsOf } from './MarbleTime.ts';
import { diagramOf, randomScript, type ScriptStep, shrink } from './randomScript.ts';
import { parseDiagram } from './TestRecord.ts';
import { siteOf, testFailure } from './testFailure.ts';

/** The sources and values from which a route is created, in `property`. @category testing */
export interface PropertyWorld extends Pick<MarbleHelpersBase, 'hot' | 'cold'> {
  /** Emits when the server of this route restarts: everything that would end with its process ends here. */
  readonly stopped: Observable<void>;
  /** Returns what survives a restart, such as a log on disk: created once for a run, and returned again by its name. */
  persist<T>(name: string, make: () => T): T;
}

/** How long and how often `property` runs. @category testing */
export interface PropertyOptions
  extends Omit<EventSourceOptions, 'socket' | 'sockets' | 'at' | 'lastEventId' | 'request'> {
  /** The number of scripts: a whole number, 1 or more. @default 100 */
  readonly runs?: number;
  /** The seed of the first script, a whole number; each run has the next one. @default 1 */
  readonly seed?: number;
  /** The duration of the script. Ten quiet seconds follow, in which the reader may catch up. @default '5s' */
  readonly within?: MarbleTime;
  /** True where the route filters, so that not every position has an event. @default false: none may be missing */
  readonly filtered?: boolean;
  /**
   * True where the events of a reader depend on when it connected, as behind `conflateBy` or `dedupe`, which leave out
   * positions as well: set `filtered` too. Checked are order, repeats, changes of the numbering and, unless filtered,
   * holes; and that the last connection brought something, where another reader received an event from beyond its
   * position.
   *
   * @default false: all readers receive the same events
   */
  readonly stateful?: boolean;
  /** Plays this script only: the one that a failure printed. @default random ones */
  readonly script?: string;
}

const propertyKinds: OptionKinds<PropertyOptions> = {
  ...eventSourceKinds,
  runs: 'number',
  seed: 'number',
  within: '',
  filtered: 'boolean',
  stateful: 'boolean',
  script: 'string',
};

const catchUp = 10_000;

/**
 * Creates a test of a route's promise to a reader: over all connections no event is missing and none is repeated, or a
 * gap event says so.
 *
 * Each run creates the route and plays a random script with one reader, while another one with a fast socket is the
 * reference: `F` the socket is full, `D` it drained, `X` the connection is lost, `L` likewise and the last write is
 * lost, `#` it broke, `R` the server restarts, for which the route is created again. A failure shows the smallest
 * script that still fails, and its seed. A response that is neither a stream nor 204 is a failure, as is a route that
 * serves no stream, or that waits for a promise, since the runs are synchronous: such a route is created with a function
 * that does not wait, or tested by an `eventSource` in `asyncMarbles`.
 *
 * @example A feed keeps its promise on any network
 * const Ticks = events({ Tick: { n: t.number } });
 * it('loses nothing', property(({ stopped }) => {
 *   const source = interval(7).pipe(map((n) => Ticks.Tick({ n })), takeUntil(stopped));
 *   return sse({ retry: 20 }, feed(Ticks, { source: () => concat(source, NEVER) }));
 * }, { within: '1s' }));
 *
 * @throws TypeError at once when `within` is not a time, by the test when `make` returns no route.
 * @throws RangeError at once when `runs` or `seed` is not a whole number, or `runs` below 1.
 * @category testing
 */
export function property(
  make: (world: PropertyWorld) => RouteHandler<SseRequest>,
  options: PropertyOptions = {},
): () => void {
  checkOptions('property', options, propertyKinds);
  const { runs = 100, seed = 1, within = '5s', filtered = false, stateful = false, script, ...request } = options;
  const bound = millisecondsOf(within, 'property: within');
  if (typeof make !== 'function') {
    throw new TypeError(`property: make must be a function that returns a route, got ${kindOf(make)}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`property: seed must be a whole number, got ${seed}`);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new RangeError(`property: runs must be a whole number, 1 or more, got ${runs}`);
  }
  const site = siteOf(property);

  const failureOf = (steps: readonly ScriptStep[], chance: number) =>
    playScript(make, steps, { bound, seed: chance, promised: { filtered, stateful }, request });
  const fail = (steps: readonly ScriptStep[], chance: number, original: readonly ScriptStep[]) => {
    const why = failureOf(steps, chance);
    const from = original.length === steps.length ? '' : `, shrunk from ${original.length} steps to ${steps.length}`;
    const again = `{ seed: ${chance}, script: '${diagramOf(steps)}' }`;
    return testFailure(
      `property: ${why}\n\n  script  '${diagramOf(steps)}'\n  seed    ${chance}${from}\n\nAgain: ${again}`,
      site,
    );
  };

  return () => {
    if (script !== undefined) {
      const steps = stepsOf(script);
      if (failureOf(steps, seed) !== undefined) throw fail(steps, seed, steps);
      return;
    }
    for (let tried = 0; tried < runs; tried++) {
      const chance = seed + tried;
      const steps = randomScript(chance, bound);
      if (failureOf(steps, chance) === undefined) continue;
      const smallest = shrink(steps, (candidate) => failureOf(candidate, chance) !== undefined);
      throw fail(smallest, chance, steps);
    }
  };
}

interface Play {
  readonly bound: number;
  readonly seed: number;
  readonly promised: Promised;
  readonly request: EventSourceOptions;
}

/** Describes what went wrong in one run. */
function playScript(
  make: (world: PropertyWorld) => RouteHandler<SseRequest>,
  steps: readonly ScriptStep[],
  { bound, seed, promised, request }: Play,
): string | undefined {
  const run = new MarbleRun('marbles');
  return run.inVirtualTime(bound + catchUp, seed, () => {
    try {
      const [reader, witness] = startReaders(run, make, steps, bound, request);
      run.scheduler.flush();
      return run.firstMistake?.message ?? deliveryCheck(reader, witness, promised);
    } catch (error) {
      if (error instanceof NoRouteError) throw error;
      return error instanceof Error ? error.message : String(error);
    }
  });
}

function startReaders(
  run: MarbleRun,
  make: (world: PropertyWorld) => RouteHandler<SseRequest>,
  steps: readonly ScriptStep[],
  bound: number,
  request: EventSourceOptions,
): readonly [reader: EventSourceReader, witness: EventSourceReader] {
  const { hot, cold, eventSource } = run.helpers();
  const survivors = new Map<string, unknown>();
  const persist = <T>(name: string, made: () => T): T => {
    if (!survivors.has(name)) survivors.set(name, made());
    return survivors.get(name) as T;
  };
  let stopped = new Subject<void>();
  let route = handlerOf(make({ hot, cold, persist, stopped }));
  const current: RouteHandler<SseRequest> = (request, response, next) => route(request, response, next);
  const restart = (): void => {
    stopped.next();
    stopped.complete();
    for (const each of [reader, witness]) each.connections.at(-1)?.response.disconnect();
    stopped = new Subject();
    route = handlerOf(make({ hot, cold, persist, stopped }));
  };

  // The reference reader connects first, so that it receives whatever the other one does.
  const witness = eventSource(current, request);
  const socket = diagramOf([...steps.map((step) => (step.letter === 'R' ? { ...step, letter: '-' } : step))]);
  const reader = eventSource(current, { ...request, socket: `${socket} ${bound}ms D` });
  let at = 0;
  for (const { wait, letter } of steps) {
    at += wait;
    if (letter === 'R') run.scheduler.schedule(restart, at);
    at++;
  }
  return [reader, witness];
}

/** A mistake in the test, and not a failure of the route. */
class NoRouteError extends TypeError {}

function handlerOf(made: RouteHandler<SseRequest>): RouteHandler<SseRequest> {
  if (typeof made === 'function') return made;
  throw new NoRouteError(`property: make must return a route made by sse, got ${kindOf(made)}`);
}

/** Parses a script that was printed, or written by hand. */
function stepsOf(script: string): readonly ScriptStep[] {
  let end = 0;
  return parseDiagram(script).map(({ frame, notification }) => {
    const letter = notification.kind === 'N' ? String(notification.value) : '#';
    const wait = frame - end;
    if (wait < 0 || notification.kind === 'C')
      throw new TypeError('property: a script has one letter for each moment, and no |');
    end = frame + 1;
    return { wait, letter };
  });
}
