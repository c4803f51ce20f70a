import { expect } from 'chai';
import { EMPTY, map, Observable, of, Subject, take } from 'rxjs';
import { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { receivedTooLarge } from '../../lib/error/LimitError.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, type Frame, message, retry } from '../../lib/wire/Frame.ts';
import { parseFrames } from '../../lib/wire/parseFrames.ts';
import { bytesOf } from './readers.ts';

const chunks = {
  a: 'data: 1\n\ndata:',
  b: ' 2\n\n',
  c: 'retry: 5\n',
  d: ': hi\n\n',
  e: 'data: 3\n\ndata: 4\n\n',
  f: 'data: 12345',
};
const frames: Record<string, Frame> = {
  x: message({ text: '1' }),
  y: message({ text: '2' }),
  z: retry(5),
  h: comment('hi'),
  v: message({ text: '3' }),
  w: message({ text: '4' }),
};
const toBytes = map(bytesOf);

describe('parseFrames', () => {
  it(
    'emits each frame when it is finished',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  --a-----b--c--|', chunks);
      const subs = '        ^-------------!';
      const expected = '    --x-----y--z--|';

      expectObservable(source.pipe(toBytes, parseFrames())).toBe(expected, frames);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'emits all frames of a chunk, in order',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-e-----|', chunks).pipe(toBytes, parseFrames())).toBe('-(vw)--|', frames);
    }),
  );

  it(
    'emits comments with comments: true',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-d-a-b|', chunks).pipe(toBytes, parseFrames())).toBe('---x-y|', frames);
      expectObservable(cold('-d-a-b|', chunks).pipe(toBytes, parseFrames({ comments: true }))).toBe('-h-x-y|', frames);
    }),
  );

  it(
    'emits nothing for a silent source, and completes with an empty one',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('-').pipe(parseFrames())).toBe('-');
      expectObservable(EMPTY.pipe(parseFrames())).toBe('|');
    }),
  );

  it(
    'errors with the source',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-#', chunks, 'broken').pipe(toBytes, parseFrames())).toBe('-x-#', frames, 'broken');
    }),
  );

  it(
    'errors at the end of a source that ends inside an event, after the complete events',
    marbles(({ cold, expectObservable }) => {
      const cutOff = new ConnectionError(
        'broken',
        'parseFrames: the bytes ended inside an event; their connection was cut off',
      );
      expectObservable(cold('-a-|', chunks).pipe(toBytes, parseFrames())).toBe('-x-#', frames, cutOff);
      expectObservable(cold('-a-b-c|', chunks).pipe(toBytes, parseFrames())).toBe('-x-y-z|', frames);
    }),
  );

  it(
    'errors above a limit, after the complete events, and unsubscribes from the source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-f-a-|', chunks);
      const subs = '        ^--!';
      const expected = '    -x-#';

      expectObservable(source.pipe(toBytes, parseFrames({ maxLineBytes: 10 }))).toBe(
        expected,
        frames,
        receivedTooLarge('line-size', 10),
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes from the source with its subscriber, in the middle of a chunk',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -e-a-|', chunks);
      const subs = '        ^!';
      const expected = '    -(v|)';

      expectObservable(source.pipe(toBytes, parseFrames(), take(1))).toBe(expected, frames);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('unsubscribes from an endless synchronous source', () => {
    const endless = new Observable<Uint8Array>((subscriber) => {
      while (!subscriber.closed) subscriber.next(bytesOf('data: 1\n\n'));
    });
    const seen: Frame[] = [];
    endless.pipe(parseFrames(), take(2)).subscribe((frame) => seen.push(frame));
    expect(seen).to.deep.equal([frames.x, frames.x]);
  });

  it('preserves the order when a frame makes the source emit synchronously', () => {
    const source = new Subject<Uint8Array>();
    const seen: unknown[] = [];
    source.pipe(parseFrames()).subscribe((frame) => {
      if (frame._tag !== 'Message') return;
      seen.push(frame.data);
      if (frame.data === '3') source.next(bytesOf('data: 5\n\n'));
    });
    source.next(bytesOf(chunks.e));
    expect(seen).to.deep.equal(['3', '4', '5']);
  });

  it(
    'has a state of its own for each subscriber',
    marbles(({ cold, expectObservable }) => {
      const parsed = cold('-a-b-|', chunks).pipe(toBytes, parseFrames());
      expectObservable(parsed).toBe('-x-y-|', frames);
      expectObservable(parsed, '-^-------').toBe('--x-y-|', frames);
    }),
  );

  it('throws for a limit out of range', () => {
    expect(() => of<Uint8Array>().pipe(parseFrames({ maxEventBytes: 0 }))).to.throw(RangeError);
  });
});
