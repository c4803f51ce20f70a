import { TestScheduler } from 'rxjs/testing';
import type { Frame } from '../wire/Frame.ts';
import { reserved } from '../wire/reserved.ts';
import { difference } from './difference.ts';
import { EventSourceReader } from './EventSourceReader.ts';
import { checkLetters, checkUnset, type Expectation } from './Expectations.ts';
import type { ReceivedFrame } from './FrameRecorder.ts';
import type { Letter } from './Marks.ts';
import { shownFrame, shownValue } from './shownFrame.ts';
import { describeResponse, type TestReader } from './TestReader.ts';
import { type KindNames, lettersOf, recordsOf, type TestRecord } from './TestRecord.ts';
import { siteOf, testFailure } from './testFailure.ts';

/** Which of the frames that every route sends are compared. @category testing */
export interface ExpectFramesOptions {
  /** Compares the preamble: the first block, with the route's `retry` and the reader's position. @default false */
  readonly preamble?: boolean;
  /** Compares the event `rxsse.end` before the end. @default false: it is part of `|` */
  readonly end?: boolean;
}

/** The expectation of `expectFrames`. */
export interface FramesExpectation {
  /**
   * Expects a diagram, once: a letter is a frame, `|` the end by the server, `#` a connection that the server cuts. A
   * reader that disconnects has neither. A response that is neither a stream nor 204 is a failure.
   *
   * For an `eventSource` these are the frames of all connections, `|` when it was answered 204, `#` when another
   * response ended it; the first block and the end are those of each connection.
   *
   * A value is a typed event, a frame, or a value that is sent as JSON without a name. An id is compared only where the
   * expected frame has one, the `error` of a cut only where there is one.
   */
  toBe(marbles: string, values?: Readonly<Record<string, unknown>>, error?: unknown): void;
}

const kindNames: KindNames = { N: 'frame', C: 'end', E: 'cut' };

/** Completes an expectation about a reader. */
export function expectFrames(
  expectation: Expectation,
  reader: TestReader | EventSourceReader,
  { preamble = false, end = false }: ExpectFramesOptions,
): FramesExpectation {
  const toBe: FramesExpectation['toBe'] = (marbles, values, error) => {
    checkUnset(expectation);
    const diagram = recordsOf(TestScheduler.parseMarbles(marbles, values, error, false, true), kindNames, marbles);
    if (values !== undefined) checkLetters('expectFrames', lettersOf(marbles), values);
    expectation.site = siteOf(toBe);
    expectation.marbles = marbles;
    expectation.letters = Object.entries(values ?? {}).flatMap(shownLetter);
    expectation.evaluate = () => {
      const connections = reader instanceof EventSourceReader ? reader.connections : [reader];
      const frames = connections.flatMap((connection): readonly ReceivedFrame[] =>
        connection.frames.slice(preamble ? 0 : preambleLength(connection), end ? undefined : endingOf(connection)),
      );
      const expected = diagram.map((record, index) => expectedOf(record, frames[index]?.frame, error));
      const actual = frames.map(({ at, frame }, index): TestRecord => {
        const wanted = expected[index]?.value;
        return {
          at,
          kind: kindNames.N,
          value: shownFrame(frame, typeof wanted === 'object' && wanted !== null && 'id' in wanted),
        };
      });
      const happened = [...actual, ...endOf(reader, error)];
      return difference(expectation, happened, expected, remarkOn(connections.at(-1))) ?? refusal(reader, expectation);
    };
  };
  return { toBe };
}

/** Returns a letter with its value as it is shown; none for a value that is no frame, which its use reports. */
function shownLetter([letter, value]: Letter): readonly Letter[] {
  try {
    return [[letter, shownValue(value, letter, undefined)]];
  } catch {
    return [];
  }
}

function expectedOf(record: TestRecord, actual: Frame | undefined, error: unknown): TestRecord {
  if (record.kind === kindNames.C) return record;
  if (record.kind === kindNames.E) return { ...record, value: error };
  return { ...record, value: shownValue(record.value, `expectFrames: ${record.mark}`, actual) };
}

/** Returns how many frames the start of the response has. */
function preambleLength({ frames: [first] }: TestReader): number {
  return first?.frame._tag === 'Retry' || isNamed(first?.frame, reserved.position) ? 1 : 0;
}

/** Returns the index of the end event from the end; `undefined` where the response did not end with it. */
function endingOf({ frames, endedAt: ended }: TestReader): number | undefined {
  return ended !== undefined && isNamed(frames.at(-1)?.frame, reserved.end) ? -1 : undefined;
}

function isNamed(frame: Frame | undefined, name: string): boolean {
  return frame?._tag === 'Message' && frame.event === name;
}

function endOf(reader: TestReader | EventSourceReader, error: unknown): readonly TestRecord[] {
  if (reader instanceof EventSourceReader) {
    if (reader.end === undefined) return [];
    const { at, status } = reader.end;
    return status === 204
      ? [{ at, kind: kindNames.C, mark: '|' }]
      : [{ at, kind: kindNames.E, mark: '#', value: error }];
  }
  const { response, endedAt: ended } = reader;
  if (ended !== undefined) return [{ at: ended, kind: kindNames.C, mark: '|' }];
  if (response.cut === undefined) return [];
  const value = error === undefined ? undefined : response.cut.error;
  return [{ at: response.cut.at, kind: kindNames.E, mark: '#', value }];
}

/** A response that is not a stream cannot be expected, however it ends; an `eventSource` has `#` for it. */
function refusal(reader: TestReader | EventSourceReader, { site }: Expectation): Error | undefined {
  if (reader instanceof EventSourceReader || reader.isStream || reader.status === 204) return undefined;
  return reader.status === undefined ? undefined : testFailure(`expectFrames: ${describeResponse(reader)}`, site);
}

/** Returns the notes beside the difference. */
function remarkOn(reader: TestReader | undefined): string {
  if (reader !== undefined && reader.status === undefined && reader.error === undefined) {
    return '; the route has not answered: where it waits for a promise, use asyncMarbles';
  }
  const answer = reader === undefined ? '' : describeResponse(reader);
  return answer === '' ? '' : `; ${answer}`;
}
