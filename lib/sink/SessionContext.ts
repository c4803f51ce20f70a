import { type ReaderSession, type RouteContext, readerSession } from '../feed/ReaderSession.ts';
import type { RequestInputs } from './requestInputs.ts';
import type { AnyContext } from './SseContext.ts';
import type { SseRequest } from './SseRequest.ts';

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
  readonly request: SseRequest;
  readonly #session: ContextSource;

  constructor(request: unknown, session: ContextSource) {
    this.request = request as SseRequest;
    this.#session = session;
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
