import { concatMap, defer, Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import type { Frame } from './Frame.ts';
import { type FrameLimits, FrameParser } from './FrameParser.ts';

/** Which frames are wanted, and how much may be held for them. @category wire */
export interface ParseFramesOptions extends FrameLimits {
  /** Whether comments are among the frames. @default false */
  readonly comments?: boolean;
}

/**
 * Reads bytes of one connection into frames.
 *
 * For streams of bytes that an Observable carries already. A {@link Retry} is
 * given at its line and a message at its blank line, without the `retry`; a
 * block with only an id is no frame, and who needs its position takes a
 * {@link FrameParser}.
 *
 * ```text
 * source         --a-----b--c--|     a 'data: 1\n\ndata:', b ' 2\n\n', c 'retry: 5\n'
 * parseFrames    --x-----y--z--|     x message 1, y message 2, z retry 5
 * ```
 *
 * Completes with the source; a block that is then unfinished is dropped, as the
 * standard says. Errors with the source, and with a `LimitError` when
 * something is over its limit. A reader who leaves in the middle of a chunk gets
 * nothing more of it. Each subscriber has its own parser.
 *
 * @example The data of each message
 * const chunks = of('data: hel', 'lo\n\n').pipe(map((text) => new TextEncoder().encode(text)));
 * const texts = chunks.pipe(
 *   parseFrames(),
 *   filter((frame) => frame._tag === 'Message'),
 *   map((frame) => frame.data),
 * );
 *
 * @throws RangeError at once, not on subscribe, when a limit is not above zero.
 * @category wire
 */
export function parseFrames(options: ParseFramesOptions = {}): OperatorFunction<Uint8Array, Frame> {
  const { comments = false, ...limits } = options;
  // Checks the limits now.
  new FrameParser({ ...limits, onMessage: () => {} });

  return (source) =>
    defer(() => {
      let reader: Subscriber<Frame>;
      const tell = (frame: Frame) => reader.next(frame);
      const parser = new FrameParser({
        ...limits,
        onMessage: tell,
        onRetry: tell,
        onComment: comments ? tell : undefined,
      });
      // One after the other, so that a frame which makes the source emit at once does not overtake the rest of its chunk.
      return source.pipe(
        concatMap(
          (bytes) =>
            new Observable<Frame>((subscriber) => {
              reader = subscriber;
              parser.push(bytes);
              subscriber.complete();
            }),
        ),
      );
    });
}
