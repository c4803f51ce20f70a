import { expect } from 'chai';
import { forbiddenImports, importCircles, importsOf, pathsToNode } from './layers.ts';
import { filesIn } from './repo.ts';

const maxLines = 220;

/** Each of these files is the interface of another package over a log, to be read at once: see docs/decisions/045. */
const adapters = [
  'agentRunner',
  'chatRoutes',
  'langGraphRoutes',
  'ResumingChatTransport',
  'resumableStreamStore',
  'streamDurability',
];
const maxAdapterLines = 80;

function codeLines(text = ''): number {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^import [\s\S]*?;$/gm, '');
  return code.split('\n').filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

const filesOf = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files));

describe('the layers of lib', () => {
  const lib = filesIn('lib', '.ts');

  it('import only from the layers below, by the table in layers.ts', () => {
    expect(lib).to.include.keys('lib/index.ts');
    expect(forbiddenImports(lib)).to.deep.equal([]);
  });

  it('reach no node: module from the main entry point', () => {
    expect(pathsToNode(lib)).to.deep.equal([]);
  });

  it('have no circle of files', () => {
    expect(importCircles(lib)).to.deep.equal([]);
  });

  it('is used by examples, specs and a bench without circles', () => {
    const isOurs = ([path]: readonly [string, string]) => !/node_modules|\/dist\//.test(path);
    const others = ['examples', 'spec', 'bench'].flatMap((folder) => [...filesIn(folder, '.ts')].filter(isOurs));
    expect(importCircles(new Map(others))).to.deep.equal([]);
  });

  it(`have no file longer than ${maxLines} lines`, () => {
    const long = [...lib].map(([file, text]) => [text.trimEnd().split('\n').length, file] as const);
    expect(long.filter(([lines]) => lines > maxLines)).to.deep.equal([]);
  });

  it(`have adapters of at most ${maxAdapterLines} lines of code, without imports and comments`, () => {
    const lengths = adapters.map((name) => [name, codeLines(lib.get(`lib/agents/${name}.ts`))] as const);
    expect(lengths.filter(([, lines]) => lines < 30 || lines > maxAdapterLines)).to.deep.equal([]);
  });
});

describe('the check of layers', () => {
  it('finds every form of import', () => {
    const text = `
      import './a.ts';
      import { b } from './b.ts';
      import type { C } from './c.ts';
      import { type D } from './d.ts';
      export { e } from './e.ts';
      export * from './f.ts';
      export type { G } from './g.ts';
      const h = await import('./h.ts');
      type I = import('./i.ts').I;
      const j = await import(\`./j.ts\`);
      // import './not.ts'
      const no = "import './not.ts'";
    `;
    expect(importsOf(text)).to.have.members('abcdefghij'.split('').map((letter) => `./${letter}.ts`));
  });

  it('accepts an import that the table allows', () => {
    const files = filesOf({
      'lib/event/cursor.ts': '',
      'lib/time/clock.ts': '',
      'lib/sink/sse.ts':
        "import '../event/cursor.ts'; import '../time/clock.ts'; import 'rxjs'; import * as E from 'fp-ts/lib/Either.js';",
    });
    expect(forbiddenImports(files)).to.deep.equal([]);
  });

  const forbidden: readonly (readonly [what: string, file: string, name: string])[] = [
    ['an import of a higher layer', 'lib/event/bad.ts', '../sink/sse.ts'],
    ['the clock in a layer that has no time', 'lib/wire/Block.ts', '../time/clock.ts'],
    ['another entry point', 'lib/operator/bad.ts', '../wire/index.ts'],
    ['the main entry point', 'lib/sink/bad.ts', '../index.ts'],
    ['the test kit in the shipped code', 'lib/sink/bad.ts', '../testing/marbles.ts'],
    ['an import without its ending', 'lib/sink/bad.ts', './sse'],
    ['a missing file', 'lib/sink/bad.ts', './missing.ts'],
    ['a file outside lib', 'lib/sink/bad.ts', '../../spec/support/listen.ts'],
    ['node: in a layer that runs anywhere', 'lib/sink/bad.ts', 'node:http'],
    ['a built-in under its old name', 'lib/testing/bad.ts', 'http'],
    ['fp-ts by a path that Node cannot resolve', 'lib/event/bad.ts', 'fp-ts/Either'],
    ['RxJS in the event layer', 'lib/event/bad.ts', 'rxjs'],
    ['RxJS in the wire', 'lib/wire/bad.ts', 'rxjs'],
    ['a server', 'lib/sink/bad.ts', 'express'],
    ['lmdb outside its log', 'lib/log/bad.ts', 'lmdb'],
    ['a folder that is no layer', 'lib/util/bad.ts', 'io-ts'],
  ];

  for (const [what, file, name] of forbidden) {
    it(`rejects ${what}`, () => {
      const files = filesOf({
        [file]: `import '${name}';`,
        'lib/index.ts': '',
        'lib/time/clock.ts': '',
        'lib/wire/index.ts': '',
        'lib/sink/sse.ts': '',
        'lib/testing/marbles.ts': '',
      });
      expect(forbiddenImports(files)).to.have.length(1);
      expect(forbiddenImports(files)[0]).to.contain(file);
    });
  }

  it('finds a node: module reached from the main entry point, and the path to it', () => {
    const files = filesOf({
      'lib/index.ts': "export * from './sink/sse.ts';",
      'lib/sink/sse.ts': "import '../log/lmdb/lmdbLog.ts';",
      'lib/log/lmdb/lmdbLog.ts': "import 'node:fs';",
    });
    expect(pathsToNode(files)).to.deep.equal(['lib/index.ts -> lib/sink/sse.ts -> lib/log/lmdb/lmdbLog.ts -> node:fs']);
  });

  it('finds a circle', () => {
    const files = filesOf({
      'lib/sink/a.ts': "import './b.ts';",
      'lib/sink/b.ts': "import type { C } from './c.ts';",
      'lib/sink/c.ts': "export * from './b.ts';",
    });
    expect(importCircles(files)).to.deep.equal(['lib/sink/b.ts -> lib/sink/c.ts -> lib/sink/b.ts']);
  });
});
