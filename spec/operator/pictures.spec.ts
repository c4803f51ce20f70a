import { expect } from 'chai';
import { filesIn } from '../house/repo.ts';
import { pictures } from './pictures.ts';

describe('the pictures of the operators', () => {
  it('are those of the diagrams that the specs play: npm run pictures draws them anew', () => {
    const drawn = pictures();
    const kept = filesIn('docs/images/operators', '.svg');
    expect([...kept.keys()]).to.deep.equal([...drawn.keys()].sort());
    for (const [path, svg] of drawn) expect(kept.get(path), path).to.equal(svg);
  });
});
