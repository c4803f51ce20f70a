import { expect } from 'chai';
import { filesIn, textOf } from '../house/repo.ts';

/** Returns the paragraphs of the code blocks of a document. */
const paragraphsOf = (text: string): readonly string[] =>
  [...text.matchAll(/```(?:typescript|tsx|vue|svelte)\n(.*?)\n```/gs)].flatMap(([, code = '']) => code.split('\n\n'));

/** Returns those that no example contains as they are. */
function foreign(text: string, examples: readonly string[]): readonly string[] {
  return paragraphsOf(text).filter(
    (paragraph) => !examples.some((example) => `\n${example}`.includes(`\n${paragraph}\n`)),
  );
}

for (const [document, folder] of [
  ['docs/frameworks.md', 'examples/frameworks'],
  ['docs/components.md', 'examples/components'],
] as const) {
  describe(document, () => {
    it('shows code of the examples', () => {
      const examples = ['.ts', '.tsx', '.vue', '.svelte'].flatMap((ending) => [...filesIn(folder, ending).values()]);
      expect(paragraphsOf(textOf(document))).to.not.be.empty;
      expect(foreign(textOf(document), examples)).to.deep.equal([]);
    });
  });
}

describe('the guide to Nest', () => {
  for (const name of ['Mount', 'orders', 'testOrders']) {
    it(`prints ${name}.ts whole`, () => {
      const file = textOf(`examples/frameworks/nestApp/${name}.ts`);
      expect(textOf('docs/frameworks.md')).to.include(`\`\`\`typescript\n${file}\`\`\`\n`);
    });
  }
});

describe('code of an example in a document', () => {
  it('is checked line by line', () => {
    const text = '```typescript\none();\n\n  two();\nthree();\n```\n';
    expect(foreign(text, ['one();\n', '  two();\nthree();\n'])).to.deep.equal([]);
    expect(foreign(text, ['one();\n', '  two();\nthree(3);\n'])).to.deep.equal(['  two();\nthree();']);
  });
});
