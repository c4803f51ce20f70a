import type { AnyContext } from './AnyOptions.ts';
import type { RouteVisit } from './Context.ts';
import type { Connection } from './connection.ts';
import type { Route } from './Route.ts';

/** One request, with all that its answer is made of. */
export interface Asked {
  readonly route: Route;
  readonly connection: Connection;
  readonly context: AnyContext;
  readonly visit: RouteVisit;
  /** Answers an error before the first byte. */
  readonly refuse: (error: unknown) => void;
}
