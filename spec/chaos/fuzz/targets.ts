import { deepStrictEqual, ok } from 'node:assert';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { parseBody, refusedEncoding, refusedType } from '../../../lib/adapter/jsonBody.ts';
import { cursorOf, endCursorOf, parseCursor } from '../../../lib/event/cursor.ts';
import { decodeBody } from '../../../lib/event/decodeEvent.ts';
import { DateFromISOString, event, events, IntFromString, oneOrMany } from '../../../lib/index.ts';
import { inputDecoder, isAllowedOrigin, requestedCursor } from '../../../lib/sink/requestInputs.ts';
import { randomFrom } from '../../../lib/testing/randomScript.ts';
import { FrameParser } from '../../../lib/wire/FrameParser.ts';
import { byteByByte, cutAt } from '../../wire/arbitraries.ts';
import { foreignReading, ourReading } from '../../wire/readers.ts';
import { workOf } from '../../wire/work.ts';
import type { FuzzTarget } from './fuzz.ts';
import { codecs, jsonValueOf, readsOf } from './values.ts';

const textOf = (input: Uint8Array): string => Buffer.from(input).toString('latin1');

/** Returns the input in chunks, cut where its own bytes say. */
function chunksOf(input: Uint8Array): readonly Uint8Array[] {
  const random = randomFrom(input.reduce((sum, byte) => (sum * 31 + byte) | 0, input.length));
  return cutAt(
    input,
    Array.from({ length: random() % 6 }, () => random()),
  );
}

const small = { maxEventBytes: 16, maxLineBytes: 32 };

const frames: FuzzTarget = {
  name: 'frames',
  examples: ['', 'id: 1\nevent: tick\nretry: 5\n: c\ndata: 1\ndata: 2\n\n', '\ufeffdata:é\r\n\r\nid\r\rdata'],
  words: [
    'data',
    'data: ',
    'data:',
    'id: ',
    'event: ',
    'retry: ',
    ':',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '\0',
    ' ',
    '9',
    '\u{feff}',
    'é',
    '🙂',
  ],
  check(input) {
    const chunks = chunksOf(input);
    const whole = ourReading([input]);
    deepStrictEqual(ourReading(chunks), whole);
    deepStrictEqual(foreignReading(chunks), whole);
    deepStrictEqual(ourReading(chunks, small), ourReading(byteByByte(input), small));
    const parser = new FrameParser({ onMessage: () => {}, onRetry: () => {} });
    const work = workOf(() => {
      for (const byte of byteByByte(input)) parser.push(byte);
    });
    ok(work <= 20 * input.length + 100, `${work} steps for ${input.length} bytes`);
  },
};

const cursors: FuzzTarget = {
  name: 'cursors',
  examples: [
    '',
    '1.WXqtiJElw9PvZXQ0.17',
    '1.a.0~',
    '1.a.9007199254740991',
    '1.a.9007199254740993',
    '2.a.1',
    '1.a.01',
    `1.${'a'.repeat(33)}.1`,
  ],
  words: [
    '1.',
    '.',
    '~',
    '0',
    '1',
    '9007199254740991',
    '9007199254740993',
    'WXqtiJElw9PvZXQ0',
    '_',
    '-',
    '2.',
    '+',
    'e',
    ' ',
    '\n',
  ],
  check(input) {
    const text = textOf(input);
    const parsed = parseCursor(text);
    if (isRight(parsed)) {
      const { epoch, sequence, end } = parsed.right;
      deepStrictEqual(end ? endCursorOf(epoch, sequence) : cursorOf(epoch, sequence), text);
      ok(Number.isSafeInteger(sequence) && sequence >= 0);
    } else ok(text.length < 6 || !parsed.left.includes(text), 'the reason repeats the text');
    deepStrictEqual(requestedCursor({ headers: { 'last-event-id': text } }), text === '' ? undefined : text);
  },
};

const Query = { message: t.string, n: IntFromString, tag: oneOrMany(t.string) };
const decodeQuery = inputDecoder({ query: Query });
const rawInputs = inputDecoder({});
const Orders = events({ Paid: { order: t.string, at: DateFromISOString, lines: t.array(t.type({ n: t.number })) } });

const requests: FuzzTarget = {
  name: 'requests',
  examples: [
    'message=a%20b&n=5&tag=x&tag=y&lastEventId=1.a.1',
    '[{"type":"paid","data":{"order":"x","at":"2020-01-01T00:00:00Z","lines":[{"n":1}]}}]',
    'application/vnd.api+json; charset=utf-8',
    'https://host',
  ],
  words: [
    ...[
      'message=',
      '&',
      '=',
      'n=',
      'tag=',
      '%',
      '%20',
      '+',
      '?',
      '[]',
      '[a]',
      '__proto__',
      'lastEventId',
      'constructor',
      '12',
    ],
    ...[
      '{"type":"paid","data":{',
      '}',
      '"order":"x"',
      ',',
      '"at":"2020-01-01T00:00:00Z"',
      '"lines":[',
      '{"n":1}',
      ']',
      '"',
    ],
    ...[
      'application/json',
      '; charset=utf-8',
      '+json',
      'http://',
      'https://',
      'host',
      ':80',
      'null',
      '\ufeff',
      '{',
      '[',
    ],
  ],
  check(input) {
    const text = textOf(input);
    checkUrl(`/?${text.replaceAll(/[^\x21-\x7e]|#/g, '')}`);
    checkBody(input);
    const type = refusedType({ 'content-type': text });
    if (type === undefined)
      ok(/^\s*application\/([^;,\s]+\+)?json\s*(;|$)/i.test(text), 'takes another type than JSON');
    ok(refusedEncoding({ 'content-type': 'application/json', 'content-encoding': `x${text}` }) !== undefined);
    if (isAllowedOrigin({ headers: { host: 'host', origin: text } }, [])) {
      ok(/^(https?:\/\/)?host$/i.test(text), `takes the origin ${text}`);
    }
  },
};

function checkUrl(url: string): void {
  const request = { url, headers: {} };
  const expected = new Map<string, string | string[]>();
  for (const [name, value] of new URL(url, 'http://host').searchParams) {
    const before = expected.get(name);
    expected.set(name, before === undefined ? value : [before, value].flat());
  }
  const inputs = rawInputs(request);
  ok(isRight(inputs));
  const query = inputs.right.query as object;
  deepStrictEqual(new Map(Object.entries(query)), expected);
  const cursor = requestedCursor(request);
  const requested = expected.get('lastEventId');
  if (typeof requested === 'string') deepStrictEqual(cursor, requested === '' ? undefined : requested);
  else ok(cursor === undefined || isLeft(parseCursor(cursor)));
  const decoded = decodeQuery(request);
  const reference = t.strict(Query).decode({ ...query });
  deepStrictEqual(isRight(decoded), isRight(reference));
  if (isRight(decoded) && isRight(reference)) deepStrictEqual(decoded.right.query, reference.right);
}

function checkBody(input: Uint8Array): void {
  const body = parseBody(input);
  const expected = jsonOf(input);
  deepStrictEqual(isRight(body), expected !== undefined);
  if (isLeft(body) || expected === undefined) return;
  deepStrictEqual(body.right, expected.value);
  const decoded = decodeBody(Orders, body.right, 3);
  if (isLeft(decoded)) return ok(decoded.left.length > 0 && decoded.left.every(({ path }) => path.startsWith('body')));
  for (const each of decoded.right) ok(Orders.Paid.is(each));
}

function jsonOf(input: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(input)) };
  } catch {
    return undefined;
  }
}

const payloads = codecs(t.type).map((codec) => event('x', codec).payload as t.Mixed);
const references = codecs(t.strict);

const values: FuzzTarget = {
  name: 'codecs',
  examples: ['\x05', '\x06\x02\x00\x04\x01\x02\x05\x01\x06\x00'],
  words: ['\x05', '\x06', '\x07\x02', '\x07\x01\x00', '\x04\x02', '\x06\x02', '\x03\x01', '\0', '\x01'],
  check(input) {
    const value = jsonValueOf(input);
    payloads.forEach((payload, index) => {
      const reference = references[index] as t.Mixed;
      let reads = 0;
      const observed = readsOf(value, () => reads++);
      const decoded = payload.decode(observed.value);
      ok(reads <= 60 * observed.size() + 100, `codec ${index}: ${reads} reads of ${observed.size()} values`);
      const expected = reference.decode(value);
      deepStrictEqual(isRight(decoded), isRight(expected), `codec ${index}`);
      if (!isRight(decoded) || !isRight(expected)) return;
      const plain = payload.decode(value);
      ok(isRight(plain) && payload.is(plain.right), `codec ${index}: what was decoded is not one`);
      deepStrictEqual(plain.right, expected.right, `codec ${index}`);
      deepStrictEqual(payload.encode(plain.right), reference.encode(expected.right), `codec ${index}`);
    });
  },
};

/** The parsers of what comes from outside. */
export const targets: readonly FuzzTarget[] = [frames, cursors, requests, values];
