import { expect } from 'chai';
import { guideSteps } from '../consumers/guide.ts';
import { documentedExamples, namesOfModules } from './documentedExamples.ts';
import { blocksOf, type Example, examplesOf } from './examples.ts';
import { mistakesIn, mistakesInFiles } from './mistakes.ts';
import { filesIn } from './repo.ts';

describe('the examples', function () {
  this.timeout(60_000);

  let modules: ReadonlyMap<string, ReadonlySet<string>>;

  before(() => {
    modules = namesOfModules();
  });

  it('of the doc comments, the README and the documents compile', () => {
    const examples = documentedExamples();
    expect(examples).to.not.be.empty;
    expect(mistakesIn(examples, modules)).to.deep.equal([]);
  });

  it('of the guides compile as files', () => {
    const [guide = ''] = filesIn('docs/testing.md', '.md').values();
    const written = guideSteps(guide).flatMap((step) => ('write' in step ? [[step.write, step.text] as const] : []));
    // The last block of a file is the whole file.
    const files = new Map(written.filter(([name]) => name.endsWith('.ts')));
    expect([...files.keys()]).to.deep.equal(['ticks.ts', 'ticks.spec.ts', 'wrong.spec.ts']);
    expect(mistakesInFiles(files)).to.deep.equal([]);

    for (const [guide, names] of [
      ['docs/model-streams.md', ['model.ts', 'server.ts']],
      ['docs/recipes/durable-jobs.md', ['server.ts']],
      // Its page needs the types of the DOM: the guide compiles it where it is followed.
      ['docs/getting-started.md', ['events.ts', 'server.ts', 'demo.spec.ts']],
    ] as const) {
      const [text = ''] = filesIn(guide, '.md').values();
      const files = new Map(
        guideSteps(text).flatMap((step) =>
          'write' in step && step.write.endsWith('.ts') && step.write !== 'page.ts' ? [[step.write, step.text]] : [],
        ),
      );
      expect([...files.keys()]).to.deep.equal(names);
      expect(mistakesInFiles(files)).to.deep.equal([]);
    }

    const [name = '', text = ''] = [...files][1] ?? [];
    const mistaken = new Map([...files, [name, text.replace('reader(ticks', "reader('ticks'")]]);
    expect(mistakesInFiles(mistaken)[0]).to.match(/^ticks\.spec\.ts:\d+: Argument of type 'string' is not assignable/);
  });

  describe('are read', () => {
    it('from a doc comment, up to the next tag', () => {
      const text = [
        "const glob = 'a/**/*.ts';",
        '/**',
        ' * Says.',
        ' *',
        ' * @example Say it',
        ' * const a = () => {',
        ' *   say();',
        ' * };',
        ' *',
        ' * @example Say it again',
        ' * say(2);',
        ' * @category operator',
        ' */',
        'export interface Say {',
        '  /** @example',
        '   * one(); */',
        '  readonly one: 1;',
        '}',
      ].join('\n');
      expect(examplesOf('lib/say.ts', text)).to.deep.equal([
        { file: 'lib/say.ts', line: 6, title: 'Say it', code: 'const a = () => {\n  say();\n};' },
        { file: 'lib/say.ts', line: 11, title: 'Say it again', code: 'say(2);' },
        { file: 'lib/say.ts', line: 16, title: '', code: 'one();' },
      ]);
    });

    it('from the blocks of a document that are marked ts', () => {
      const text = '# First\n```ts\na();\n\nb();\n```\n## Second\n```sh\ncurl\n```\n```ts\nc();\n```\n';
      expect(blocksOf('README.md', text)).to.deep.equal([
        { file: 'README.md', line: 3, title: 'First', code: 'a();\n\nb();' },
        { file: 'README.md', line: 12, title: 'Second', code: 'c();' },
      ]);
    });
  });

  it('are rejected with file, line, title and reason', () => {
    const example = (title: string, code: string): Example => ({ file: 'lib/a.ts', line: 10, title, code });
    const mistakes = mistakesIn(
      [
        example(
          'whole',
          "import { of as one } from 'rxjs';\nconst interval = 5;\none(interval).pipe(map((n) => n + 1));",
        ),
        example('without the name', 'const a = 1;\nunheardOf(a);'),
        example('of the wrong type', "interval('5');"),
        example('that is no code', 'const = ;'),
        example(
          'with a wrong transport',
          "import { useChat } from '@ai-sdk/react';\nuseChat({ id: 'a', transport: '/chat' });",
        ),
        example('with a method of each object', 'const at = new Date().valueOf();\nconst text = at.toString();'),
        example('', 'of(1);'),
      ],
      modules,
    );
    expect(mistakes[0]).to.equal(
      'lib/a.ts:11 "without the name": Cannot find name \'unheardOf\'.' +
        ' It is neither public nor in the prelude of spec/house/mistakes.ts.',
    );
    expect(mistakes[1]).to.match(/^lib\/a\.ts:10 "of the wrong type": Argument of type 'string' is not assignable/);
    expect(mistakes[2]).to.match(/^lib\/a\.ts:10 "that is no code": /);
    expect(mistakes.at(-2)).to.match(/^lib\/a\.ts:11 "with a wrong transport": Type 'string' is not assignable/);
    expect(mistakes.at(-1)).to.equal('lib/a.ts:10 "": an example needs a title');
  });
});
