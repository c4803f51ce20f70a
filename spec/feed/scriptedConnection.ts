import fc from 'fast-check';
import { asyncScheduler, timer } from 'rxjs';
import type { SseHandler, SseRequest } from '../../lib/index.ts';
import type { MarbleHelpers } from '../../lib/testing/marbles.ts';
import type { Message } from '../../lib/wire/Frame.ts';

/** The steps of one connection. */
export interface ScriptedConnection {
  /** When events are published while it is open, to which of three, and how many. */
  readonly publications: readonly { readonly at: number; readonly to: number; readonly count: number }[];
  readonly cut: number;
  /** The share of the sent frames that is received, in percent. */
  readonly arrived: number;
  /** `L` loses the last write. */
  readonly how: string;
  /** The time at which its socket is full, and the duration. */
  readonly full: { readonly at: number; readonly for: number } | undefined;
}

export const scriptedConnections: fc.Arbitrary<ScriptedConnection> = fc.record({
  publications: fc.array(fc.record({ at: fc.nat(60), to: fc.nat(2), count: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 12,
  }),
  cut: fc.integer({ min: 1, max: 70 }),
  arrived: fc.oneof(fc.constant(100), fc.nat(100)),
  how: fc.constantFrom('X', 'L'),
  full: fc.option(fc.record({ at: fc.nat(50), for: fc.integer({ min: 1, max: 30 }) }), { nil: undefined }),
});

/** A connection in which the reader gets all that is left. */
export const lastConnection: ScriptedConnection = {
  publications: [],
  cut: 5000,
  arrived: 100,
  how: 'X',
  full: undefined,
};

/** Plays one connection after what was played before. Returns the messages that its reader has received. */
export function playConnection(
  { reader, flush }: Pick<MarbleHelpers, 'reader' | 'flush'>,
  route: SseHandler<SseRequest>,
  { publications, cut, arrived, how, full }: ScriptedConnection,
  lastEventId: string | undefined,
  publish: (to: number) => void,
): readonly Message[] {
  const start = asyncScheduler.now() + 10;
  for (const { at, to, count } of publications) {
    timer(at + 10).subscribe(() => {
      for (let left = count; left > 0; left--) publish(to);
    });
  }
  const isFull = full !== undefined && full.at + full.for < cut;
  const pressure = isFull ? `${start + full.at}ms F ${full.for - 1}ms D ` : '';
  const rest = isFull ? cut - full.at - full.for - 1 : start + cut;
  const { frames } = reader(route, {
    at: `${start}ms`,
    socket: `${pressure}${Math.max(rest, 0)}ms ${how}`,
    ...(lastEventId !== undefined && { lastEventId }),
  });
  flush();
  // The received part may end after any frame.
  const received = frames.slice(0, Math.ceil((frames.length * arrived) / 100));
  return received.flatMap(({ frame }) => (frame._tag === 'Message' ? [frame] : []));
}
