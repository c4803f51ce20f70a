import type { UnknownC } from 'io-ts';
import type { DataOf, Shape } from '../codec/Shape.ts';
import { type ReaderSession, type RouteContext, readerSession } from '../feed/ReaderSession.ts';
import type { RequestInputs } from './requestInputs.ts';
import type { SseRequest } from './SseRequest.ts';

/** The fields of a context that the options of a route determine. */
interface ContextFields {
  readonly query?: unknown;
  readonly params?: unknown;
  readonly body?: unknown;
  readonly state?: unknown;
  readonly request?: unknown;
}

/** The type of one field of a context, or what it is where the options do not determine it. */
type FieldOf<F, Name extends string, Absent> = Name extends keyof F
  ? F extends { readonly [K in Name]: infer T }
    ? T
    : unknown
  : Absent;

/**
 * The request of a route as its functions see it: the decoded inputs, the state, the request itself.
 *
 * Its members are accessors, so that a copy (`{ ...context }`) has none of them, and does not compile where a context is
 * expected.
 *
 * Its one type parameter names the fields that the route's options determine:
 * `SseContext<{ query: { page: number }; state: User }>`.
 *
 * @example Name the type of a context
 * function mine({ state }: SseContext<{ state: { user: string } }>) {
 *   return of(state.user);
 * }
 *
 * @category sink
 */
export abstract class SseContext<F extends ContextFields = ContextFields> implements RouteContext {
  /** The query, decoded by the option `query`; `unknown` without that option. */
  abstract get query(): FieldOf<F, 'query', unknown>;
  /** The route's parameters, decoded by the option `params`; `unknown` without that option. */
  abstract get params(): FieldOf<F, 'params', unknown>;
  /** The parsed body, decoded by the option `body`; `unknown` without that option. */
  abstract get body(): FieldOf<F, 'body', unknown>;
  /** The value that the option `state` returned for this request; `undefined` without that option. */
  abstract get state(): FieldOf<F, 'state', undefined>;
  /** The request as the server made it. */
  abstract get request(): FieldOf<F, 'request', SseRequest>;
  /**
   * The id that the reader has received last: its header `Last-Event-ID` or, for a page that cannot set it, the query
   * parameter `lastEventId`; `undefined` where it sent none. It is input from outside. With `resume: 'own-ids'` the
   * program continues after it; otherwise the route does, and it is a cursor.
   */
  abstract get lastEventId(): string | undefined;
  /** Aborted when the reader has disconnected or the stream is complete; with `resume: true`, when the stream completes, is stopped by `stop`, or is unsubscribed from after `linger`. */
  abstract get signal(): AbortSignal;
  /** The session of the request, for `feed.read`. */
  abstract get [readerSession](): ReaderSession;
}

/** Only the fields that an option determines, so that an editor shows no others. */
type FieldsOf<Q extends Shape, P extends Shape, B extends Shape, S, R> = {
  [K in
    | (Q extends UnknownC ? never : 'query')
    | (P extends UnknownC ? never : 'params')
    | (B extends UnknownC ? never : 'body')
    | ([S] extends [undefined] ? never : 'state')
    | (SseRequest extends R ? never : 'request')]: {
    query: DataOf<Q>;
    params: DataOf<P>;
    body: DataOf<B>;
    state: S;
    request: R;
  }[K];
};

/**
 * The context of a route with these options. The conditional type makes an editor show `SseContext<{ query: … }>` and not
 * this name with its five parameters.
 */
export type ContextOf<Q extends Shape, P extends Shape, B extends Shape, S, R> =
  FieldsOf<Q, P, B, S, R> extends infer F extends ContextFields ? SseContext<{ [K in keyof F]: F[K] }> : never;

/** A context whose types only the caller of `sse` knows. */
export type AnyContext = ContextOf<Shape, Shape, Shape, unknown, unknown>;

/** The parts of a session that its context shows. */
interface ContextSource {
  readonly inputs: RequestInputs;
  readonly state: unknown;
  readonly requestedCursor: string | undefined;
  readonly signal: AbortSignal;
  readonly pipeline: ReaderSession;
}

/** The context that the user's functions get; `feed.read` finds the session in it. */
export class SessionContext implements AnyContext, RouteContext {
  readonly #request: SseRequest;
  readonly #session: ContextSource;

  constructor(request: unknown, session: ContextSource) {
    this.#request = request as SseRequest;
    this.#session = session;
  }

  get request(): SseRequest {
    return this.#request;
  }

  get query(): unknown {
    return this.#session.inputs.query;
  }

  get params(): unknown {
    return this.#session.inputs.params;
  }

  get body(): unknown {
    return this.#session.inputs.body;
  }

  get state(): unknown {
    return this.#session.state;
  }

  get lastEventId(): string | undefined {
    return this.#session.requestedCursor;
  }

  get signal(): AbortSignal {
    return this.#session.signal;
  }

  get [readerSession](): ReaderSession {
    return this.#session.pipeline;
  }
}
