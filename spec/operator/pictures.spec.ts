import { expect } from 'chai';
import { filesIn } from '../house/repo.ts';
import { pictures } from './pictures.ts';

describe('the pictures of the operators', () => {
  it('match the diagrams of the doc comments; npm run pictures draws them again', () => {
    const drawn = pictures();
    const stored = filesIn('docs/images/operators', '.svg');
    expect([...stored.keys()]).to.deep.equal([...drawn.keys()].sort());
    for (const [path, svg] of drawn) expect(stored.get(path), path).to.equal(svg);
  });
});
