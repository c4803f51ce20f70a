import { TestScheduler } from 'rxjs/testing';
import type { FakeResponse } from './FakeResponse.ts';

/** What happens to a socket at one moment. */
export interface SocketStep {
  /** Virtual milliseconds. */
  readonly at: number;
  apply(response: FakeResponse): void;
}

const letters: Readonly<Record<string, SocketStep['apply']>> = {
  F: (response) => response.fill(),
  D: (response) => response.drain(),
  X: (response) => response.leave(),
};

/** Reads `F` full, `D` drained, `X` the client is gone and `#` its socket broke from a marble diagram. */
export function socketScript(marbles: string): readonly SocketStep[] {
  return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).map(({ frame, notification }) => {
    const apply = notification.kind === 'N' ? letters[String(notification.value)] : undefined;
    if (notification.kind === 'E') return { at: frame, apply: breakSocket };
    if (apply === undefined || frame < 0) {
      throw new TypeError('reader: socket knows F (full), D (drained), X (the client is gone) and # (it broke) only');
    }
    return { at: frame, apply };
  });
}

function breakSocket(response: FakeResponse): void {
  response.leave(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
}
