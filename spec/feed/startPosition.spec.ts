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

const usual: StartOptions = { from: 'live', gapPolicy: undefined };

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
    // The old process had given it out, and lost it: what has that number now is another event.
    ['second', 16, 'epoch'],
    ['second', 21, 'epoch'],
    ['first', 8, 'trimmed'],
    ['first', 9, 'epoch'],
    ['other', 15, 'epoch'],
    ['other', 0, 'epoch'],
  ];
  for (const [epoch, sequence, reason] of table) {
    it(`says ${reason ?? 'nothing'} of ${epoch} ${sequence}`, () => {
      expect(gapReason({ epoch, sequence }, state)).to.equal(reason);
    });
  }

  it('serves from before the first entry where nothing was trimmed, in old epochs too', () => {
    const whole = { ...state, floor: 0 };
    expect(['now', 'second', 'first'].map((epoch) => gapReason({ epoch, sequence: 0 }, whole))).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('serves the one place that an empty log has', () => {
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
    it(`begins where the route says when there is no cursor: ${from}`, () => {
      expect(startPosition(undefined, { from, gapPolicy: undefined }, state)).to.deep.equal({
        afterSequence: after,
        reason: from === 'oldest' ? 'trimmed' : 'live',
        requestedCursor: null,
        ends: false,
      });
    });
  }

  it('starts at the tail by default, and with everything where the log has ended', () => {
    const byDefault = { from: undefined, gapPolicy: undefined };
    const ended = { ...state, ended: 'completed' } as const;
    expect(startPosition(undefined, byDefault, state)).to.include({ afterSequence: tail, reason: 'live' });
    expect(startPosition(undefined, byDefault, ended)).to.include({ afterSequence: floor, reason: 'trimmed' });
    expect(startPosition('garbage', byDefault, ended)).to.include({ afterSequence: floor, reason: 'invalid' });
  });

  it('begins after a cursor that the route names, and the cursor of the reader wins', () => {
    const placement = { from: '1.now.12', gapPolicy: undefined };
    expect(startPosition(undefined, placement, state)).to.include({
      afterSequence: 12,
      reason: 'exact',
      requestedCursor: '1.now.12',
    });
    expect(startPosition('1.now.13', placement, state)).to.include({
      afterSequence: 13,
      reason: 'exact',
      requestedCursor: '1.now.13',
    });
  });

  it('goes on exactly after a cursor of a past epoch that the log still has all of', () => {
    expect(startPosition('1.second.12', usual, state)).to.deep.equal({
      afterSequence: 12,
      reason: 'exact',
      requestedCursor: '1.second.12',
      ends: false,
    });
  });

  const asked: readonly (readonly [
    string,
    StartPosition['reason'],
    string | null,
    Record<'live' | 'oldest', number>,
  ])[] = [
    ['1.now.9', 'trimmed', '1.now.9', { live: floor, oldest: floor }],
    ['1.second.16', 'epoch', '1.second.16', { live: floor, oldest: floor }],
    ['1.other.12', 'epoch', '1.other.12', { live: floor, oldest: floor }],
    ['1.now.21', 'future', '1.now.21', { live: tail, oldest: tail }],
    // Not repeated: nothing says that it is a cursor at all.
    ['<script>', 'invalid', null, { live: tail, oldest: floor }],
    ['2.now.12', 'invalid', null, { live: tail, oldest: floor }],
    [`1.now.${'9'.repeat(16)}`, 'invalid', null, { live: tail, oldest: floor }],
  ];
  for (const [cursor, reason, requestedCursor, byItself] of asked) {
    for (const from of ['live', 'oldest'] as const) {
      it(`says ${reason} of ${cursor} where readers begin ${from}, and goes on as is usual`, () => {
        const place = startPosition(cursor, { from, gapPolicy: undefined }, state);
        expect(place).to.deep.equal({ afterSequence: byItself[from], reason, requestedCursor, ends: false });
      });
    }

    const places: Record<GapPolicy, number> = { replay: floor, skip: tail, end: tail };
    for (const [missed, after] of Object.entries(places)) {
      it(`says ${reason} of ${cursor}, and goes on where the route says: ${missed}`, () => {
        const place = startPosition(cursor, { from: 'live', gapPolicy: missed as GapPolicy }, state);
        expect(place).to.deep.equal({ afterSequence: after, reason, requestedCursor, ends: missed === 'end' });
      });
    }
  }

  it('asks the route for nothing where a cursor is exact', () => {
    for (const missed of ['replay', 'skip', 'end'] as const) {
      expect(startPosition('1.now.12', { from: 'oldest', gapPolicy: missed }, state)).to.include({
        afterSequence: 12,
        reason: 'exact',
        ends: false,
      });
    }
  });

  it('begins, for garbage, where the route begins, a cursor of the route included', () => {
    const from = '1.now.12';
    expect(startPosition('garbage', { from, gapPolicy: undefined }, state)).to.deep.equal({
      afterSequence: 12,
      reason: 'invalid',
      requestedCursor: null,
      ends: false,
    });
  });

  it('says of a cursor that the route names what it would say of that of a reader', () => {
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
