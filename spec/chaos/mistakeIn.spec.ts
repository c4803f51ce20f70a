import { expect } from 'chai';
import { mistakeIn, type ReceivedItem } from './mistakeIn.ts';

describe('the check of what a reader received', () => {
  const exact = { through: <T>(entries: T): T => entries };
  const cases: readonly (readonly [what: string, received: readonly ReceivedItem[], mistake: string | undefined])[] = [
    ['accepts everything in order', [[0], [1, 2], 'end'], undefined],
    ['accepts a gap where events are missing', [[0], 'gap', [2], 'end'], undefined],
    ['accepts a gap before the end', [[0], 'gap', 'end'], undefined],
    ['finds a missing event', [[0], [2], 'end'], '1 is missing before 2, and no gap says so'],
    ['finds a missing last event', [[0], [1], 'end'], '2 is missing at the end'],
    ['finds a repeated event', [[0], [1], [1], [2], 'end'], '1 came after 1'],
    ['finds a gap where nothing is missing', [[0], 'gap', [1], [2], 'end'], 'a gap came before 1'],
    ['finds an end that is missing', [[0], [1], [2]], 'the end is missing'],
    ['finds an end that came early', [[0], 'end', [1], [2], 'end'], 'the end came before the last event'],
  ];
  for (const [what, received, mistake] of cases) {
    it(what, () => {
      const found = mistakeIn(received, 3, exact, true);
      if (mistake === undefined) expect(found).to.equal(undefined);
      else expect(found).to.include(mistake);
    });
  }

  it('finds a gap of a log that stores everything', () => {
    expect(mistakeIn([[0], 'gap', [2], 'end'], 3, exact, false)).to.include('a gap came');
  });
});
