import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { ClosedError } from '../../error/ClosedError.ts';
import { FencedError } from '../../error/FencedError.ts';
import type { EncodedEvent } from '../../event/encodeEvent.ts';
import { encodeMessage } from '../../wire/encodeFrame.ts';
import type { Appended, AppendOptions, LogEnd, LogState, PastEpoch } from '../EventLog.ts';

/** A batch of entries to append, or an end. */
export interface LogWrite {
  /** The entries as they are sent, without ids. */
  readonly frames: readonly Uint8Array[];
  /** The hash of the idempotency key. */
  readonly key: string | undefined;
  readonly token: number | undefined;
  readonly end: LogEnd | undefined;
}

/** Returns the write of one append. */
export function batchOf(events: readonly EncodedEvent[], { key, token }: AppendOptions): LogWrite {
  const frames = events.map(({ event, data, retry }) => Buffer.from(encodeMessage(undefined, event, data, retry)));
  const hash = key === undefined ? undefined : createHash('sha256').update(key).digest('hex');
  return { frames, key: hash, token, end: undefined };
}

/** Consecutive writes that the database carries out as one: batches without keys are one batch. */
type Group = readonly [LogWrite, ...LogWrite[]];

/** Groups writes, in order, so that one turn of publications is one batch. */
export function groupsOf(writes: readonly LogWrite[]): readonly Group[] {
  const groups: [LogWrite, ...LogWrite[]][] = [];
  for (const write of writes) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].token === write.token && isMergeable(last[0]) && isMergeable(write))
      last.push(write);
    else groups.push([write]);
  }
  return groups;
}

const isMergeable = ({ key, end }: LogWrite): boolean => key === undefined && end === undefined;

/** Returns the values of the groups: frames, lengths, sizes, keys, tokens and ends. Arrays are text, as SQL has them. */
export function groupValues(groups: readonly Group[]): readonly unknown[] {
  const frames = groups.flatMap((group) => group.flatMap((write) => write.frames));
  return [
    Buffer.concat(frames),
    sqlArray(frames.map(({ length }) => length)),
    sqlArray(groups.map((group) => group.reduce((sum, write) => sum + write.frames.length, 0))),
    sqlArray(groups.map(([{ key }]) => key)),
    sqlArray(groups.map(([{ token }]) => token)),
    sqlArray(groups.map(([{ end }]) => end)),
  ];
}

/** The text needs no quotes: values are numbers, hexadecimal digits and the names of ends. */
const sqlArray = (values: readonly (number | string | undefined)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`;

/** A state as the database returns it. */
interface StateRow {
  readonly epoch: string;
  readonly past: readonly PastEpoch[];
  readonly floor: number;
  readonly tail: number;
  readonly ended: LogEnd | null;
}

/** The result of a group. */
type Answer =
  | Appended
  | StateRow
  | { readonly refused: 'ended' }
  | { readonly refused: 'fenced'; readonly token: number };

/** Returns the result of each write of the groups. */
export function resultsOf(groups: readonly Group[], json: string): readonly E.Either<Error, Appended | LogState>[] {
  const answers = JSON.parse(json) as readonly Answer[];
  return groups.flatMap((group, index) => {
    const answer = answers[index];
    if (answer === undefined) return [];
    let first = 'first' in answer ? answer.first : 0;
    return group.map((write) => {
      if ('refused' in answer) return E.left(refusalOf(answer, write));
      if ('past' in answer) return E.right(stateOf(answer));
      if (group.length === 1) return E.right(answer);
      const appended = { epoch: answer.epoch, first, last: first + write.frames.length - 1 };
      first += write.frames.length;
      return E.right(appended);
    });
  });
}

function refusalOf(answer: Extract<Answer, { refused: string }>, { token }: LogWrite): Error {
  return answer.refused === 'ended' ? new ClosedError('the log', 'ended') : new FencedError(token ?? 0, answer.token);
}

export function stateOf({ epoch, past, floor, tail, ended }: StateRow): LogState {
  return { epoch, past, floor, tail, ended: ended ?? false };
}
