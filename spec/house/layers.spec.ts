import { expect } from 'chai';
import { circles, importsOf, nodeBehindTheDoor, wrongArrows } from './layers.ts';
import { filesIn } from './repo.ts';

const longest = 220;

const house = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files));

describe('the layers of lib', () => {
  const lib = filesIn('lib', '.ts');

  it('import only what the table in STYLE section 2 lets them', () => {
    expect(lib).to.include.keys('lib/clock.ts');
    expect(wrongArrows(lib)).to.deep.equal([]);
  });

  it('lead from the main door to no node: module', () => {
    expect(nodeBehindTheDoor(lib)).to.deep.equal([]);
  });

  it('have no circle of files', () => {
    expect(circles(lib)).to.deep.equal([]);
  });

  it(`have no file longer than ${longest} lines`, () => {
    const long = [...lib].map(([file, text]) => [text.trimEnd().split('\n').length, file] as const);
    expect(long.filter(([lines]) => lines > longest)).to.deep.equal([]);
  });
});

describe('the check of layers', () => {
  it('sees every way to import', () => {
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

  it('lets through an arrow of the table', () => {
    const files = house({
      'lib/event/Cursor.ts': '',
      'lib/clock.ts': '',
      'lib/sink/sse.ts':
        "import '../event/Cursor.ts'; import '../clock.ts'; import 'rxjs'; import * as E from 'fp-ts/lib/Either.js';",
    });
    expect(wrongArrows(files)).to.deep.equal([]);
  });

  const refused: readonly (readonly [what: string, file: string, name: string])[] = [
    ['an arrow upwards', 'lib/event/bad.ts', '../sink/sse.ts'],
    ['the clock in a layer that has no time', 'lib/event/bad.ts', '../clock.ts'],
    ['another door', 'lib/operator/bad.ts', '../wire/index.ts'],
    ['the main door', 'lib/sink/bad.ts', '../index.ts'],
    ['the kit from what is shipped', 'lib/sink/bad.ts', '../testing/marbles.ts'],
    ['an import without its ending', 'lib/sink/bad.ts', './sse'],
    ['a file that is not there', 'lib/sink/bad.ts', './gone.ts'],
    ['a way out of lib', 'lib/sink/bad.ts', '../../spec/support/listen.ts'],
    ['node: in a layer that runs anywhere', 'lib/sink/bad.ts', 'node:http'],
    ['a built-in under its old name', 'lib/testing/bad.ts', 'http'],
    ['fp-ts by a path that Node cannot resolve', 'lib/event/bad.ts', 'fp-ts/Either'],
    ['RxJS in the model', 'lib/event/bad.ts', 'rxjs'],
    ['RxJS in the wire', 'lib/wire/bad.ts', 'rxjs'],
    ['a server', 'lib/sink/bad.ts', 'express'],
    ['lmdb outside its log', 'lib/log/bad.ts', 'lmdb'],
    ['a folder that is no layer', 'lib/util/bad.ts', 'io-ts'],
  ];

  for (const [what, file, name] of refused) {
    it(`refuses ${what}`, () => {
      const files = house({
        [file]: `import '${name}';`,
        'lib/index.ts': '',
        'lib/clock.ts': '',
        'lib/wire/index.ts': '',
        'lib/sink/sse.ts': '',
        'lib/testing/marbles.ts': '',
      });
      expect(wrongArrows(files)).to.have.length(1);
      expect(wrongArrows(files)[0]).to.contain(file);
    });
  }

  it('finds node: behind the main door, and the way to it', () => {
    const files = house({
      'lib/index.ts': "export * from './sink/sse.ts';",
      'lib/sink/sse.ts': "import '../log/lmdb/lmdbLog.ts';",
      'lib/log/lmdb/lmdbLog.ts': "import 'node:fs';",
    });
    expect(nodeBehindTheDoor(files)).to.deep.equal([
      'lib/index.ts -> lib/sink/sse.ts -> lib/log/lmdb/lmdbLog.ts -> node:fs',
    ]);
  });

  it('finds a circle', () => {
    const files = house({
      'lib/sink/a.ts': "import './b.ts';",
      'lib/sink/b.ts': "import type { C } from './c.ts';",
      'lib/sink/c.ts': "export * from './b.ts';",
    });
    expect(circles(files)).to.deep.equal(['lib/sink/b.ts -> lib/sink/c.ts -> lib/sink/b.ts']);
  });
});
