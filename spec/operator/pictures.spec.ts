import { expect } from 'chai';
import { filesIn } from '../house/repo.ts';
import { pictures } from './pictures.ts';

describe('the pictures of the operators', () => {
  it('match the diagrams of the doc comments; npm run pictures draws them again', () => {
    const drawn = pictures();
    const kept = filesIn('docs/images/operators', '.svg');
    expect([...kept.keys()]).to.deep.equal([...drawn.keys()].sort());
    for (const [path, svg] of drawn) expect(kept.get(path), path).to.equal(svg);
  });
});
