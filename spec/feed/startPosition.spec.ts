import { expect } from 'chai';
import {
  type GapPolicy,
  gapReason,
  type StartOptions,
  type StartPosition,
  startPosition,
} from '../../lib/feed/startPosition.ts';
import type { LogState } from '../../lib/index.ts';

/** Entries 11 to 20; those up to 8 are of epoch `first`, those up to 15 of `second`. */
const state: LogState = {
  epoch: 'now',
  past: [
    { epoch: 'first', last: 8 },
    { epoch: 'second', last: 15 },
  ],
  floor: 10,
  tail: 20,
  ended: false,
};

const defaults: StartOptions = { from: 'live', gapPolicy: undefined };

describe('gapReason', () => {
  const table: readonly (readonly [string, number, ReturnType<typeof gapReason>])[] = [
    ['now', 20, undefined],
    ['now', 10, undefined],
    ['now', 9, 'trimmed'],
    ['now', 0, 'trimmed'],
    ['now', 21, 'future'],
    ['now', Number.MAX_SAFE_INTEGER, 'future'],
    ['second', 15, undefined],
    ['second', 10, undefined],
    ['second', 9, 'trimmed'],
    // The old process had sent this cursor and lost the event; another event has that sequence now.
    ['second', 16, 'epoch'],
    ['second', 21, 'epoch'],
    ['first', 8, 'trimmed'],
    ['first', 9, 'epoch'],
    ['other', 15, 'epoch'],
    ['other', 0, 'epoch'],
  ];
  for (const [epoch, sequence, reason] of table) {
    it(`returns ${reason} for the position ${epoch} ${sequence}`, () => {
      expect(gapReason({ epoch, sequence }, state)).to.equal(reason);
    });
  }

  it('returns undefined for sequence 0 of each epoch when no entry was trimmed', () => {
    const whole = { ...state, floor: 0 };
    expect(['now', 'second', 'first'].map((epoch) => gapReason({ epoch, sequence: 0 }, whole))).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('returns undefined for the only position of an empty log', () => {
    const empty = { epoch: 'now', past: [], floor: 0, tail: 0, ended: false } as const;
    expect(gapReason({ epoch: 'now', sequence: 0 }, empty)).to.equal(undefined);
    expect(gapReason({ epoch: 'now', sequence: 1 }, empty)).to.equal('future');
  });
});

describe('startPosition', () => {
  const tail = 20;
  const floor = 10;

  const fresh: Record<'live' | 'oldest', number> = { live: tail, oldest: floor };
  for (const [from, after] of Object.entries(fresh)) {
    it(`starts at \`from\` when there is no cursor: ${from}`, () => {
      expect(startPosition(undefined, { from, gapPolicy: undefined }, state)).to.deep.equal({
        afterSequence: after,
        reason: from === 'oldest' ? 'trimmed' : 'live',
        requestedCursor: null,
        ends: false,
      });
    });
  }

  it('starts at the tail by default, and at the floor when the log has ended', () => {
    const byDefault = { from: undefined, gapPolicy: undefined };
    const ended = { ...state, ended: 'completed' } as const;
    expect(startPosition(undefined, byDefault, state)).to.include({ afterSequence: tail, reason: 'live' });
    expect(startPosition(undefined, byDefault, ended)).to.include({ afterSequence: floor, reason: 'trimmed' });
    expect(startPosition('garbage', byDefault, ended)).to.include({ afterSequence: floor, reason: 'invalid' });
  });

  it('starts after a cursor in `from`, and prefers the cursor of the reader', () => {
    const options = { from: '1.now.12', gapPolicy: undefined };
    expect(startPosition(undefined, options, state)).to.include({
      afterSequence: 12,
      reason: 'exact',
      requestedCursor: '1.now.12',
    });
    expect(startPosition('1.now.13', options, state)).to.include({
      afterSequence: 13,
      reason: 'exact',
      requestedCursor: '1.now.13',
    });
  });

  it('continues after a cursor of a past epoch when all later entries are retained', () => {
    expect(startPosition('1.second.12', defaults, state)).to.deep.equal({
      afterSequence: 12,
      reason: 'exact',
      requestedCursor: '1.second.12',
      ends: false,
    });
  });

  const table: readonly (readonly [
    string,
    StartPosition['reason'],
    string | null,
    Record<'live' | 'oldest', number>,
  ])[] = [
    ['1.now.9', 'trimmed', '1.now.9', { live: floor, oldest: floor }],
    ['1.second.16', 'epoch', '1.second.16', { live: floor, oldest: floor }],
    ['1.other.12', 'epoch', '1.other.12', { live: floor, oldest: floor }],
    ['1.now.21', 'future', '1.now.21', { live: tail, oldest: tail }],
    // An invalid cursor is not repeated.
    ['<script>', 'invalid', null, { live: tail, oldest: floor }],
    ['2.now.12', 'invalid', null, { live: tail, oldest: floor }],
    [`1.now.${'9'.repeat(16)}`, 'invalid', null, { live: tail, oldest: floor }],
  ];
  for (const [cursor, reason, requestedCursor, byDefault] of table) {
    for (const from of ['live', 'oldest'] as const) {
      it(`returns ${reason} and the default position for ${cursor} with from: '${from}'`, () => {
        const start = startPosition(cursor, { from, gapPolicy: undefined }, state);
        expect(start).to.deep.equal({ afterSequence: byDefault[from], reason, requestedCursor, ends: false });
      });
    }

    const positions: Record<GapPolicy, number> = { replay: floor, skip: tail, end: tail };
    for (const [gapPolicy, after] of Object.entries(positions)) {
      it(`returns ${reason} and the position of gapPolicy: '${gapPolicy}' for ${cursor}`, () => {
        const start = startPosition(cursor, { from: 'live', gapPolicy: gapPolicy as GapPolicy }, state);
        expect(start).to.deep.equal({ afterSequence: after, reason, requestedCursor, ends: gapPolicy === 'end' });
      });
    }
  }

  it('ignores gapPolicy when the cursor is exact', () => {
    for (const gapPolicy of ['replay', 'skip', 'end'] as const) {
      expect(startPosition('1.now.12', { from: 'oldest', gapPolicy }, state)).to.include({
        afterSequence: 12,
        reason: 'exact',
        ends: false,
      });
    }
  });

  it('starts at `from` for an invalid cursor, also when `from` is a cursor', () => {
    const from = '1.now.12';
    expect(startPosition('garbage', { from, gapPolicy: undefined }, state)).to.deep.equal({
      afterSequence: 12,
      reason: 'invalid',
      requestedCursor: null,
      ends: false,
    });
  });

  it('returns the same reason for a cursor in `from` as for a cursor of a reader', () => {
    expect(startPosition(undefined, { from: '1.now.9', gapPolicy: undefined }, state)).to.include({
      afterSequence: 10,
      reason: 'trimmed',
    });
    expect(startPosition(undefined, { from: 'oldests', gapPolicy: undefined }, state)).to.include({
      afterSequence: 20,
      reason: 'invalid',
    });
  });
});
