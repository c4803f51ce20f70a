import type { LogState } from '../log/EventLog.ts';
import type { Place, Placement } from './resume.ts';
import type { Visit } from './visit.ts';

/** Reads a feed outside of any route: always ready, so that only the pipeline itself sets the pace. */
export class UnpacedVisit implements Visit {
  readonly requested = undefined;
  readonly opensWithGap = false;
  readonly isReady = true;
  readonly placement: Placement;

  constructor(from: Placement['from']) {
    this.placement = { from, missed: undefined };
  }

  claim(): void {}
  enter(): void {}
  placed(_place: Place, _state: LogState, begun: () => void): void {
    begun();
  }
  follow(): void {}
  ending(): void {}
  /** No connection depends on it. */
  drain(_last: string, gone: () => void): void {
    gone();
  }
  flush(): void {}
}
