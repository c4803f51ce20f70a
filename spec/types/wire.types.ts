import { expectTypeOf } from 'expect-type';
import type { Observable, OperatorFunction } from 'rxjs';
import {
  type Comment,
  comment,
  encodeFrame,
  type Frame,
  FrameParser,
  isFrame,
  type Message,
  message,
  parseFrames,
  type Retry,
  retry,
} from '../../lib/wire/index.ts';

expectTypeOf(message({ data: 1 })).toEqualTypeOf<Message>();
expectTypeOf(message({ id: '1', event: 'tick', retry: 5, text: 'a' })).toEqualTypeOf<Message>();
expectTypeOf(message({ event: 'tick' as string, data: undefined })).toEqualTypeOf<Message>();
expectTypeOf(comment()).toEqualTypeOf<Comment>();
expectTypeOf(retry(5)).toEqualTypeOf<Retry>();
expectTypeOf(encodeFrame(comment())).toEqualTypeOf<string>();
expectTypeOf(parseFrames()).toEqualTypeOf<OperatorFunction<Uint8Array, Frame>>();
expectTypeOf<Frame['_tag']>().toEqualTypeOf<'Message' | 'Comment' | 'Retry'>();

// @ts-expect-error one of data and text is needed
message({ id: '1' });
// @ts-expect-error but not both
message({ data: 1, text: 'a' });
// @ts-expect-error text is sent as it is, so it is a string
message({ text: 1 });
// @ts-expect-error an id is a string
message({ id: 1, data: 1 });
// A protocol of fetch clients may have these; an event of a contract may not.
message({ event: 'error', data: 1 });
message({ event: 'open', data: 1 });
// @ts-expect-error a name of the library
message({ event: 'rxsse.position', data: 1 });
// @ts-expect-error an absent name is an absent field
message({ event: '', data: 1 });
// @ts-expect-error a misspelt field
message({ evnt: 'tick', data: 1 });
// @ts-expect-error a wait is a number of milliseconds
retry('5');
// @ts-expect-error an object like a frame is not a frame
encodeFrame({ _tag: 'Comment', text: '' });
// @ts-expect-error frames are readonly
comment().text = 'a';
// @ts-expect-error onMessage is required
new FrameParser({});
// @ts-expect-error bytes and not text
new FrameParser({ onMessage: () => {} }).push('data: 1\n\n');

declare const values: Observable<unknown>;
values.subscribe((value) => {
  if (isFrame(value)) expectTypeOf(value).toEqualTypeOf<Frame>();
});
