import { expect } from 'chai';
import { filesIn, textOf } from '../house/repo.ts';

/** Returns the paragraphs of the code blocks of a document. */
const paragraphsOf = (text: string): readonly string[] =>
  [...text.matchAll(/```typescript\n(.*?)\n```/gs)].flatMap(([, code = '']) => code.split('\n\n'));

/** Returns those that no example contains as they are. */
function foreign(text: string, examples: readonly string[]): readonly string[] {
  return paragraphsOf(text).filter(
    (paragraph) => !examples.some((example) => `\n${example}`.includes(`\n${paragraph}\n`)),
  );
}

describe('docs/frameworks.md', () => {
  it('shows code of the examples', () => {
    const examples = [...filesIn('examples/frameworks', '.ts').values()];
    expect(paragraphsOf(textOf('docs/frameworks.md'))).to.not.be.empty;
    expect(foreign(textOf('docs/frameworks.md'), examples)).to.deep.equal([]);
  });

  it('is checked line by line', () => {
    const text = '```typescript\none();\n\n  two();\nthree();\n```\n';
    expect(foreign(text, ['one();\n', '  two();\nthree();\n'])).to.deep.equal([]);
    expect(foreign(text, ['one();\n', '  two();\nthree(3);\n'])).to.deep.equal(['  two();\nthree();']);
  });
});
