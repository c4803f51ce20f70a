import { concat, concatMap, defer, EMPTY, Observable, type OperatorFunction, type Subscriber, throwError } from 'rxjs';
import { checkOptions } from '../data/checkOptions.ts';
import { ConnectionError } from '../error/ConnectionError.ts';
import type { Frame } from './Frame.ts';
import { type FrameLimits, FrameParser } from './FrameParser.ts';

/** The bounds of the parser, and which frames are emitted. @category wire */
export interface ParseFramesOptions extends FrameLimits {
  /** Whether comments are emitted. @default false */
  readonly comments?: boolean;
}

/**
 * Parses the bytes of one connection into frames.
 *
 * It is for streams of bytes that are already Observables. A {@link Retry} is emitted at its line and a message at its
 * blank line, without the `retry`; a block with only an id is not a frame, and a program that needs its position uses a
 * {@link FrameParser}.
 *
 * ```text
 * source         --a-----b--c--|     a 'data: 1\n\ndata:', b ' 2\n\n', c 'retry: 5\n'
 * parseFrames    --x-----y--z--|     x message 1, y message 2, z retry 5
 * ```
 *
 * Completes with the source. Errors with the source; with a `LimitError` over a limit; and with a `ConnectionError`,
 * whose reason is `broken`, when the source completes inside an event: the connection was cut off, although its
 * transport reports a normal end, and the unfinished event is dropped, as the standard requires. A subscriber that unsubscribes in the middle of a chunk gets nothing
 * more of it. Each subscriber has its own parser.
 *
 * @example Read the data of each message
 * const chunks = of('data: hel', 'lo\n\n').pipe(map((text) => new TextEncoder().encode(text)));
 * const texts = chunks.pipe(
 *   parseFrames(),
 *   filter((frame) => frame._tag === 'Message'),
 *   map((frame) => frame.data),
 * );
 *
 * @throws RangeError at once, not on subscribe, when a limit is not above zero; TypeError for an option of another name or
 * a wrong type.
 * @category wire
 */
export function parseFrames(options: ParseFramesOptions = {}): OperatorFunction<Uint8Array, Frame> {
  checkOptions('parseFrames', options, { maxEventBytes: '', maxLineBytes: '', comments: 'boolean' });
  const { comments = false, ...limits } = options;
  // Checks the limits now, and not for each subscriber.
  new FrameParser({ ...limits, onMessage: () => {} });

  return (source) =>
    defer(() => {
      let reader: Subscriber<Frame>;
      const emit = (frame: Frame) => reader.next(frame);
      const parser = new FrameParser({
        ...limits,
        onMessage: emit,
        onRetry: emit,
        onComment: comments ? emit : undefined,
      });
      // One chunk after the other, so that a frame which makes the source emit synchronously does not overtake the rest
      // of its chunk.
      const frames = source.pipe(
        concatMap(
          (bytes) =>
            new Observable<Frame>((subscriber) => {
              reader = subscriber;
              parser.push(bytes);
              subscriber.complete();
            }),
        ),
      );
      const end = defer(() => (parser.isUnfinished ? throwError(cutOff) : EMPTY));
      return concat(frames, end);
    });
}

function cutOff(): ConnectionError {
  return new ConnectionError('broken', 'parseFrames: the bytes ended inside an event; their connection was cut off');
}
