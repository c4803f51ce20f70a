import fc from 'fast-check';
import { comment, type Frame, message, retry } from '../../lib/wire/Frame.ts';
import { eventSourceNames, libraryName } from '../../lib/wire/reservedName.ts';
import { bytesOf } from './readers.ts';

/** Text with many characters and fields of the format. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r', '\n', '\0', ' ', ':', '\uFEFF', 'data: ', 'é', '語', '🙂'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

const line = text.map((some) => some.replace(/[\r\n\0]/g, ''));
const name = line.filter((some) => some !== '' && !eventSourceNames.has(some) && libraryName(some) === undefined);
const wait = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const fields = fc.record({ id: line, event: name, retry: wait }, { requiredKeys: [] });

/** Frames that a user can create. */
export const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.tuple(fields, fc.jsonValue()).map(([some, data]) => message({ ...some, data })),
  fc.tuple(fields, text).map(([some, raw]) => message({ ...some, text: raw })),
  line.map(comment),
  wait.map(retry),
);

const lineEnds = ['\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n'];
const whole = [
  'data: a',
  'data:',
  'data',
  'id: 1',
  'id:',
  'id',
  'event: e',
  'event',
  'retry: 5',
  ': c',
  ':',
  'retry: 99999999999',
];
const parts = [
  'data',
  'id',
  'event',
  'retry',
  ':',
  ' ',
  '0',
  '7',
  'x',
  '\0',
  '\t',
  '\u2028',
  '\uFEFF',
  'ï»¿',
  'é',
  '🙂',
];
/** Bytes that are not UTF-8 by themselves: lone, too short, too long, a surrogate, beyond Unicode, a part of a BOM. */
const broken = [
  [0xff],
  [0x80],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x99],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90],
  [0xef, 0xbb],
];

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...lineEnds) },
  { weight: 4, arbitrary: fc.constantFrom(...whole) },
  { weight: 4, arbitrary: fc.constantFrom(...parts) },
);

/** Malformed streams, some of them with a BOM at the start. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.constantFrom('', '\uFEFF', '\uFEFF\uFEFF', 'ï»¿'),
    fc.array(
      fc.oneof(
        { weight: 12, arbitrary: piece.map(bytesOf) },
        { weight: 1, arbitrary: fc.constantFrom(...broken).map((bytes) => Uint8Array.from(bytes)) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }) },
      ),
      { maxLength: 30, size: 'max' },
    ),
  )
  .map(([start, pieces]) =>
    Uint8Array.from(
      [start]
        .map(bytesOf)
        .concat(pieces)
        .flatMap((bytes) => [...bytes]),
    ),
  );

/** The positions at which a stream is cut into chunks, of which some are empty. */
export const anyCuts = fc.array(fc.nat(), { maxLength: 12 });

export function cutAt(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const positions = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return positions.slice(1).map((to, index) => bytes.slice(positions[index], to));
}

export const byteByByte = (bytes: Uint8Array): readonly Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));
