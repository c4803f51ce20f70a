import { expect } from 'chai';
import { duplicateNames, misnamedFiles, scriptsIn } from './declarations.ts';
import { type Files, filesIn } from './repo.ts';
import {
  archaicComments,
  archaicLines,
  archaicSpecComments,
  archaicTitles,
  fragments,
  fragmentsOfGuides,
  privateWords,
} from './words.ts';

/**
 * The most offenders of each rule. The five duplicates are `sse`, `receive` and `stop`, which two entry points export, and LF and
 * CR, which the loops over bytes read as constants of their own file.
 */
const budgets = { misnamed: 0, duplicates: 5, words: 0, fragments: 0, comments: 0, titles: 0, guides: 0 };

const join = (...parts: readonly Files[]): Files => new Map(parts.flatMap((files) => [...files]));

const filesOf = (files: Readonly<Record<string, string>>): Files => new Map(Object.entries(files));

function expectAtMost(found: readonly string[], budget: number): void {
  expect(found.length, `at most ${budget}:\n${found.join('\n')}\n`).to.be.at.most(budget);
}

describe('the language', function () {
  this.timeout(30_000);
  const lib = filesIn('lib', '.ts');
  const bench = filesIn('bench', '.ts');
  const specs = filesIn('spec', '.ts');
  const examples = join(
    filesIn('examples', '.ts'),
    filesIn('examples', '.js'),
    scriptsIn(filesIn('examples', '.html')),
  );
  const code = join(lib, filesIn('lib', '.tsx'), examples, bench, filesIn('site', '.ts'));
  const guides = join(
    filesIn('README.md', '.md'),
    filesIn('CHANGELOG.md', '.md'),
    filesIn('SECURITY.md', '.md'),
    new Map([...filesIn('docs', '.md')].filter(([path]) => !path.startsWith('docs/api/'))),
    filesIn('examples', '.md'),
    filesIn('examples', '.html'),
    filesIn('examples', '.conf'),
    filesIn('examples', '.yaml'),
  );

  it('names each file of lib after its main export', () => {
    expectAtMost(misnamedFiles(lib), budgets.misnamed);
  });

  it('declares a name at the top level of one file of lib only', () => {
    expectAtMost(duplicateNames(lib), budgets.duplicates);
  });

  it('has no private word in a name of lib', () => {
    expectAtMost(privateWords(lib), budgets.words);
  });

  it('has no private word in a name of an example or a spec', () => {
    expectAtMost(privateWords(join(examples, specs)), budgets.words);
  });

  it('has a sentence in each doc comment', () => {
    expectAtMost(fragments(join(code, specs)), budgets.fragments);
  });

  it('has a sentence in each doc comment of the code in a guide', () => {
    expectAtMost(fragmentsOfGuides(guides), budgets.fragments);
  });

  it('has no archaic phrase in a comment', () => {
    expectAtMost(archaicComments(code), budgets.comments);
  });

  it('has no archaic phrase in a comment of a spec', () => {
    expectAtMost(archaicSpecComments(specs), budgets.comments);
  });

  it('has a subject and a verb, and no archaic phrase, in each title of a spec', () => {
    expectAtMost(archaicTitles(specs), budgets.titles);
  });

  it('has no archaic phrase in a guide', () => {
    expectAtMost(archaicLines(guides), budgets.guides);
  });
});

describe('the check of the language', () => {
  it('finds a file that is not named after its main export', () => {
    const files = filesOf({
      'lib/data/Queue.ts': 'export class Queue {}\nexport const other = 1;',
      'lib/data/index.ts': 'export const anything = 1;',
      'lib/data/public.ts': "export { Queue } from './Queue.ts';",
      'lib/data/list.ts': 'export class List {}\nconst list = 1;',
      'lib/data/Lists.ts': 'export const first = 1;\nexport const last = 2;',
      'lib/data/lists.ts': 'export interface Options {}\nexport const first = 1;\nexport const last = 2;',
      'lib/data/options.ts': 'export interface Options {}',
    });
    expect(misnamedFiles(files)).to.deep.equal([
      'lib/data/list.ts exports List: name it after its main export',
      'lib/data/Lists.ts exports first, last: name it after its main export',
      'lib/data/options.ts exports Options: name it after its main export',
    ]);
  });

  it('finds a name of two files, and accepts one that is a type and a value of one file', () => {
    const files = filesOf({
      'lib/a.ts':
        'export type Json = null;\nexport const Json = 1;\nconst once = 1;\nfunction twice() { const inner = 1; }',
      'lib/b.ts': 'interface twice {}\nfunction other() { const inner = 1; }',
    });
    expect(duplicateNames(files)).to.deep.equal(['twice is declared in lib/a.ts, lib/b.ts']);
  });

  it('finds a private word as a whole word of a declared name', () => {
    const text = `
      import { given } from 'elsewhere';
      class Reader { #lastPlace = 0; told(beforeVisit: number, [heard]: number[]) { const { asked: requested } = this; } }
      interface Options { readonly isKept: boolean; replace: string; doorway: string; given: string }
    `;
    expect(privateWords(filesOf({ 'lib/a.ts': text }))).to.deep.equal([
      "lib/a.ts: #lastPlace: not 'place' but position",
      "lib/a.ts: told: not 'told' but notified or sent",
      "lib/a.ts: beforeVisit: not 'visit' but session or request",
      "lib/a.ts: heard: not 'heard' but received",
      "lib/a.ts: isKept: not 'kept' but retained",
      "lib/a.ts: given: not 'given' but value, input or the thing itself",
    ]);
  });

  it('finds a doc comment that begins without a subject', () => {
    const text = `
      /** What it is. */
      const a = 1;
      /** Whatsoever begins otherwise is left alone. */
      const b = 1;
      // Of no interest: no doc comment.
      const c = {
        /**
         * Nobody reads it.
         */
        d: 1,
      };
    `;
    expect(fragments(filesOf({ 'lib/a.ts': text })).map((line) => line.split(' ')[0])).to.deep.equal([
      'lib/a.ts:2:',
      'lib/a.ts:8:',
    ]);
  });

  it('finds a doc comment in the code of a guide, on its line of the guide', () => {
    const guide = '# A guide\n\n```ts\n/** What it is. */\nconst a = 1;\n/** Returns it. */\nconst b = 1;\n```\n';
    expect(fragmentsOfGuides(filesOf({ 'a.md': guide })).map((line) => line.split(' ')[0])).to.deep.equal(['a.md:4:']);
  });

  it('finds a doc comment in the scripts of a page, on its line of the page', () => {
    const page =
      '<title>Of a page</title>\n<script src="a.js"></script>\n<script>\n/** What it is. */\n</script>\n/** What? */';
    expect(fragments(scriptsIn(filesOf({ 'page.html': page }))).map((line) => line.split(' ')[0])).to.deep.equal([
      'page.html:4:',
    ]);
  });

  it('finds an archaic phrase, also where a line breaks inside it, and none in code', () => {
    const text = `
      // It is made for
      // ever.
      const anew = 'anew';
      const b = 1; // Made anew.
    `;
    expect(archaicComments(filesOf({ 'lib/a.ts': text }))).to.deep.equal([
      "lib/a.ts:2: not 'for ever' but forever, or until what",
      "lib/a.ts:5: not 'anew' but again",
    ]);
    expect(archaicLines(filesOf({ 'docs/a.md': 'One.\nA dear friend.' }))).to.deep.equal([
      "docs/a.md:2: not 'dear' but expensive",
    ]);
  });

  it('finds a title that opens without a subject, or has an archaic phrase, in a literal and in a template', () => {
    const text = `
      describe('what is told', () => {
        it('sends an event', () => {});
        it(\`and \${1} goes on\`, () => {});
        it(name, () => {});
        items.it('whatever');
      });
    `;
    expect(archaicTitles(filesOf({ 'spec/a.ts': text }))).to.deep.equal([
      "spec/a.ts:2: open with the subject or a verb, not 'what': what is told",
      "spec/a.ts:2: not 'is told' but gets, is sent, is called",
      "spec/a.ts:2: not 'told' but sends, reports or returns",
      "spec/a.ts:4: open with the subject or a verb, not 'and': and … goes on",
      "spec/a.ts:4: not 'goes on' but continues",
    ]);
  });

  it('finds an archaic phrase in a comment of a spec', () => {
    expect(archaicSpecComments(filesOf({ 'spec/a.ts': '// The reader comes back anew.' }))).to.deep.equal([
      "spec/a.ts:1: not 'anew' but again",
      "spec/a.ts:1: not 'comes back' but reconnects",
    ]);
  });
});
