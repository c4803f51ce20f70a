import { comment, type Frame, message, retry } from '../../lib/wire/Frame.ts';
import { end, gap, position } from '../support/controlFrames.ts';

interface Row {
  readonly what: string;
  readonly frame: Frame;
  /** The exact text that is sent. */
  readonly text: string;
}

/** Frames with their text, for which the encoder, this library's parser and a foreign one agree. */
export const table: readonly Row[] = [
  { what: 'JSON', frame: message({ data: { a: 1 } }), text: 'data: {"a":1}\n\n' },
  { what: 'null', frame: message({ data: null }), text: 'data: null\n\n' },
  { what: 'JSON with line ends', frame: message({ data: 'a\r\nb' }), text: 'data: "a\\r\\nb"\n\n' },
  { what: 'JSON with half a pair', frame: message({ data: '\ud83d' }), text: 'data: "\\ud83d"\n\n' },
  {
    what: 'every field, in order',
    frame: message({ data: true, retry: 0, event: 'tick', id: '7' }),
    text: 'id: 7\nevent: tick\nretry: 0\ndata: true\n\n',
  },
  { what: 'an id that clears', frame: message({ id: '', data: 1 }), text: 'id:\ndata: 1\n\n' },
  { what: 'an id of one space', frame: message({ id: ' ', data: 1 }), text: 'id:  \ndata: 1\n\n' },
  { what: 'an id beyond ASCII', frame: message({ id: 'é語🙂', data: 1 }), text: 'id: é語🙂\ndata: 1\n\n' },
  { what: 'a name with a colon', frame: message({ event: ': a:b', data: 1 }), text: 'event: : a:b\ndata: 1\n\n' },
  { what: 'plain text', frame: message({ text: 'hello' }), text: 'data: hello\n\n' },
  { what: 'no text', frame: message({ text: '' }), text: 'data:\n\n' },
  { what: 'text that begins with a space', frame: message({ text: ' a' }), text: 'data:  a\n\n' },
  { what: 'text like a field', frame: message({ text: 'id: 1' }), text: 'data: id: 1\n\n' },
  { what: 'text with NUL and a BOM', frame: message({ text: '\uFEFF\0' }), text: 'data: \uFEFF\0\n\n' },
  { what: 'two lines', frame: message({ text: 'a\nb' }), text: 'data: a\ndata: b\n\n' },
  { what: 'lines parted by CR', frame: message({ text: 'a\rb' }), text: 'data: a\ndata: b\n\n' },
  { what: 'lines parted by CRLF', frame: message({ text: 'a\r\nb' }), text: 'data: a\ndata: b\n\n' },
  { what: 'lines parted by LF, then CR', frame: message({ text: 'a\n\rb' }), text: 'data: a\ndata:\ndata: b\n\n' },
  { what: 'only line ends', frame: message({ text: '\n\n' }), text: 'data:\ndata:\ndata:\n\n' },
  { what: 'text with half a pair', frame: message({ text: 'a\ud83d' }), text: 'data: a\uFFFD\n\n' },
  { what: 'no comment', frame: comment(), text: ':\n\n' },
  { what: 'a comment', frame: comment('still here'), text: ': still here\n\n' },
  { what: 'a comment like a field', frame: comment(' data: 1'), text: ':  data: 1\n\n' },
  { what: 'the shortest retry', frame: retry(0), text: 'retry: 0\n\n' },
  { what: 'the longest retry', frame: retry(2 ** 31 - 1), text: 'retry: 2147483647\n\n' },
  {
    what: 'a position',
    frame: position('1.abc.7', 3000),
    text: 'id: 1.abc.7\nevent: rxsse.position\nretry: 3000\ndata:\n\n',
  },
  { what: 'a bare position', frame: position('1.abc.7'), text: 'id: 1.abc.7\nevent: rxsse.position\ndata:\n\n' },
  {
    what: 'a gap',
    frame: gap('1.abc.0', '{"reason":"epoch"}'),
    text: 'id: 1.abc.0\nevent: rxsse.gap\ndata: {"reason":"epoch"}\n\n',
  },
  { what: 'the end', frame: end('1.abc.7~'), text: 'id: 1.abc.7~\nevent: rxsse.end\ndata: null\n\n' },
];
