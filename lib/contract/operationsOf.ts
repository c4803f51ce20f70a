import type { Schemas } from '../codec/jsonSchema/Schemas.ts';
import type { AnyDefinition } from '../event/EventDefinition.ts';
import { type Contract, definitionsIn, isContract } from '../event/events.ts';
import { receivedOf, routeOf, stoppedOf } from '../sink/handler.ts';
import type { Route } from '../sink/Route.ts';
import type { MountedRoute } from './ContractOptions.ts';
import type { DescribedEvent, DescribedOperation } from './DescribedOperation.ts';
import { bodyOf, parametersOf } from './parameters.ts';

type UnnamedOperation = Omit<DescribedOperation, 'id'>;

/** Describes an event as it is sent or, for input, as it is accepted. */
type DescribeEvent = (definition: AnyDefinition, isInput: boolean) => DescribedEvent;

/**
 * Returns an operation for each method of a handler.
 *
 * @throws TypeError for a value that is not a handler of this library, and for a path that cannot be described.
 */
export function operationsOf(
  path: string,
  mounted: MountedRoute,
  schemas: Schemas,
  describe: DescribeEvent,
): readonly UnnamedOperation[] {
  if ((typeof mounted !== 'object' && typeof mounted !== 'function') || mounted === null) throw noHandler(path);
  const { handler, events, methods, description } = 'handler' in mounted ? mounted : { handler: mounted };
  if (events !== undefined && !isContract(events)) {
    throw new TypeError(`contract: ${path}: events must be a contract, as events(...) returns`);
  }
  if (methods !== undefined && !(Array.isArray(methods) && methods.every(isMethod))) {
    throw new TypeError(`contract: ${path}: methods must be an array of methods such as 'POST'`);
  }
  const eventsOf = (contract: Contract | undefined, isInput: boolean): UnnamedOperation['events'] =>
    contract && [...definitionsIn(contract).values()].map((definition) => describe(definition, isInput));
  const common = { ...plain, path, description };

  const received = receivedOf(handler);
  if (received !== undefined) {
    const known = eventsOf(events ?? received.contract, true);
    const parts = parametersOf(path, {}, schemas);
    const operation = { ...common, ...parts, kind: 'receive', events: known, checksOrigin: true } as const;
    return (methods ?? ['POST']).map((method) => ({ ...operation, method }));
  }
  const stopped = stoppedOf(handler);
  if (stopped !== undefined) {
    const parts = parametersOf(path, {}, schemas, 'required');
    const checks = { checksOrigin: checksOrigin(stopped), needsCursor: true };
    const operation = { ...common, ...parts, ...checks, kind: 'stop', events: [] } as const;
    return (methods ?? ['DELETE']).map((method) => ({ ...operation, method }));
  }
  const route = routeOf(handler);
  if (route === undefined) throw noHandler(path);
  const sent = { events: eventsOf(events ?? route.contract, false), ...framesOf(route), kind: 'stream' } as const;
  const answered = { ...common, checksOrigin: checksOrigin(route) };
  if (methods === undefined && route.paths !== undefined) {
    return route.paths.map(({ method, below, body, stops }) => {
      const whole = below === '' ? path : path.replace(/\/$/, '') + below;
      const parts = { ...parametersOf(whole, {}, schemas), path: whole, method, body };
      return { ...answered, ...(stops ? ({ events: [], kind: 'stop' } as const) : sent), ...parts };
    });
  }
  return (methods ?? methodsOf(route)).map((method) => ({
    ...answered,
    ...sent,
    ...inputsOf(method, path, route, schemas),
    method,
  }));
}

/** The parts of an operation that most do not have. */
const plain = {
  body: undefined,
  control: { position: false, gap: false, end: false },
  hasOtherFrames: false,
  needsCursor: false,
  hasLocation: false,
} as const;

function noHandler(path: string): TypeError {
  return new TypeError(
    `contract: ${path}: expected a handler that sse, receive or stop returned, or { handler } with one; pass the handler itself and not a function that calls it`,
  );
}

function isMethod(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Z]+$/.test(value);
}

function checksOrigin({ options: { allowedOrigins = '*' } }: Route): boolean {
  return allowedOrigins !== '*';
}

function framesOf({ wire, options }: Route): Pick<UnnamedOperation, 'control' | 'hasOtherFrames'> {
  const { announcesEnd: end, announcesGap: gap, control, hasOwnIds } = wire;
  const own = typeof options.wire === 'object' ? options.wire : {};
  const hasOtherFrames = typeof own.end === 'object' || typeof own.gap === 'function';
  return { control: { position: control === 'events', gap: gap && !hasOwnIds, end }, hasOtherFrames };
}

/** Returns what a request to a route has. One that reads a stream again has its cursor, and none of what started it. */
function inputsOf(
  method: string,
  path: string,
  { options, resume, runs, wire }: Route,
  schemas: Schemas,
): ReturnType<typeof parametersOf> & Pick<UnnamedOperation, 'body' | 'needsCursor' | 'hasLocation'> {
  const { query, params, body } = options;
  if (method === 'GET' && body !== undefined && runs !== undefined) {
    const parts = parametersOf(path, { params }, schemas, 'required');
    return { ...parts, body: undefined, needsCursor: true, hasLocation: false };
  }
  return {
    ...parametersOf(path, { query, params }, schemas, wire.control === 'events' ? 'optional' : 'none'),
    body: method === 'GET' ? undefined : bodyOf(body, schemas),
    needsCursor: false,
    hasLocation: runs !== undefined && resume.location !== undefined,
  };
}

/**
 * Returns the methods of a route, that which starts a stream first. A GET has no body: of a route that decodes one it is
 * there only to read a stream again, or where no other method is left.
 */
function methodsOf({ methods, options, runs }: Route): readonly string[] {
  const all = [...methods].filter((method) => method !== 'HEAD');
  if (options.body === undefined) return all;
  const others = all.filter((method) => method !== 'GET');
  if (others.length === 0) return all;
  return runs !== undefined && all.includes('GET') ? [...others, 'GET'] : others;
}
