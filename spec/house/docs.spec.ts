import { expect } from 'chai';
import { missingIn } from './docs.ts';
import { exportsOf, programOf, programOfEntryPoints } from './program.ts';
import { entryPoints } from './repo.ts';

describe('the doc comment of a public name', function () {
  this.timeout(60_000);

  it('has a sentence and a category, and an example if it is a function or a class', () => {
    const offenders = entryPoints().flatMap(({ name: entryPoint, file }) =>
      [...exportsOf(programOfEntryPoints(), file)].flatMap(([name, symbol]) => {
        const missing = missingIn(symbol);
        return missing.length === 0 ? [] : [`${entryPoint}: ${name} lacks ${missing.join(', ')}`];
      }),
    );
    expect(offenders).to.deep.equal([]);
  });

  it('is reported when a part is missing', () => {
    const text = `
      /** Is whole. @category event */
      export interface Whole {}
      /**
       * Is whole, too.
       * @example Call it
       * called();
       * @category event
       */
      export function called() {}
      /** The codec and its type share this. @category event */
      export const Shared = 1;
      export type Shared = number;
      export const bare = 1;
      /** @category event */
      export const silent = 1;
      /** Has a sentence. */
      export function half() {}
      /** Is not for you. @category event @internal */
      export const inner = 1;
    `;
    const path = 'spec/house/imagined.ts';
    const found = exportsOf(programOf([], new Map([[path, text]])), path);
    expect(Object.fromEntries([...found].map(([name, symbol]) => [name, missingIn(symbol)]))).to.deep.equal({
      Shared: [],
      Whole: [],
      bare: ['a doc comment'],
      called: [],
      half: ['@category', '@example'],
      inner: ['a reason to be public: it is marked @internal'],
      silent: ['a sentence'],
    });
  });
});
