import { type ReaderSession, type RouteContext, readerSession } from '../feed/ReaderSession.ts';
import type { AnyContext } from './AnyOptions.ts';
import type { Inputs } from './requestInputs.ts';

/** What a context knows of its request only when somebody asks. */
interface Answered {
  readonly signal: AbortSignal;
  readonly visit: ReaderSession;
}

/** What the user's functions are told of a request, and what a feed needs of its connection. */
export class Context implements AnyContext, RouteContext {
  readonly request: unknown;
  readonly state: unknown;
  readonly #inputs: Inputs;
  readonly #answered: Answered;

  constructor(request: unknown, inputs: Inputs, state: unknown, answered: Answered) {
    this.request = request;
    this.#inputs = inputs;
    this.state = state;
    this.#answered = answered;
  }

  get query(): unknown {
    return this.#inputs.query;
  }

  get params(): unknown {
    return this.#inputs.params;
  }

  get body(): unknown {
    return this.#inputs.body;
  }

  get signal(): AbortSignal {
    return this.#answered.signal;
  }

  get [readerSession](): ReaderSession {
    return this.#answered.visit;
  }
}
