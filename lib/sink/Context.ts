import { type Visit, type Visited, visit } from '../feed/visit.ts';
import type { AnyContext } from './AnyOptions.ts';
import type { Inputs } from './inputs.ts';

/** What a context knows of its request only when somebody asks. */
interface Answered {
  readonly signal: AbortSignal;
  readonly visit: Visit;
}

/** What the user's functions are told of a request, and what a feed needs of its connection. */
export class Context implements AnyContext, Visited {
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

  get [visit](): Visit {
    return this.#answered.visit;
  }
}
