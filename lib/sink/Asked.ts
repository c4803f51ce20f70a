import type { AnyContext } from './AnyOptions.ts';
import { Context } from './Context.ts';
import { PipelineSession } from './PipelineSession.ts';
import { RequestSignal } from './RequestSignal.ts';
import type { Inputs } from './requestInputs.ts';
import { Arrival } from './Session.ts';

/** One request that is let in, with all that its answer is made of. What few ask for is made when they do. */
export class Asked extends Arrival {
  readonly context: AnyContext;
  #visit: PipelineSession | undefined;
  #own: RequestSignal | undefined;

  /** @param shown what the user's functions get for the request. */
  constructor({ route, connection, request, next }: Arrival, shown: unknown, inputs: Inputs, state: unknown) {
    super(route, connection, request, next);
    this.context = new Context(shown, inputs, state, this);
  }

  /** To a feed that is read through a pipeline. */
  get visit(): PipelineSession {
    const { route, connection, requested, context } = this;
    this.#visit ??= new PipelineSession(route, connection, requested, (gap) => route.missed(gap, context));
    return this.#visit;
  }

  /** The handler reads a feed through a pipeline. */
  get isClaimed(): boolean {
    return this.#visit?.isClaimed ?? false;
  }

  get signal(): AbortSignal {
    return this.route.runs === undefined ? this.connection.signal : this.own.signal;
  }

  /** Of its own, where the route has runs. */
  get own(): RequestSignal {
    this.#own ??= new RequestSignal(this.connection);
    return this.#own;
  }
}
