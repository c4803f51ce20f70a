import type { LogState } from '../log/EventLog.ts';
import type { ReaderSession } from './ReaderSession.ts';
import type { StartOptions, StartPosition } from './startPosition.ts';

/** Reads a feed outside of any route: always ready, so that only the pipeline itself sets the pace. */
export class UnpacedSession implements ReaderSession {
  readonly requested = undefined;
  readonly opensWithGap = false;
  readonly isReady = true;
  readonly placement: StartOptions;

  constructor(from: StartOptions['from']) {
    this.placement = { from, gapPolicy: undefined };
  }

  claim(): void {}
  enter(): void {}
  placed(_place: StartPosition, _state: LogState, begun: () => void): void {
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
