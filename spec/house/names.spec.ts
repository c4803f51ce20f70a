import { expect } from 'chai';
import { exportsOf, programOfEntryPoints } from './program.ts';
import { entryPoints, filesIn } from './repo.ts';

/** Returns the names that no text contains as a whole word. */
function unnamedIn(names: Iterable<string>, texts: Iterable<string>): readonly string[] {
  const words = new Set([...texts].flatMap((text) => text.match(/\w+/g) ?? []));
  return [...names].filter((name) => !words.has(name));
}

describe('a public name', function () {
  this.timeout(60_000);

  it('occurs in the README, a guide or an example', () => {
    const guides = [...filesIn('README.md', '.md'), ...filesIn('docs', '.md'), ...filesIn('examples', '.ts')]
      // The API report names everything; decisions and measurements are not for users.
      .filter(([file]) => !/^docs\/(api|decisions|performance|mutation)\b/.test(file))
      .map(([, text]) => text);
    const unnamed = entryPoints()
      // docs/testing.md teaches the kit, and the API report lists its types.
      .filter(({ name }) => name !== 'rxsse/testing')
      .flatMap(({ name, file }) =>
        unnamedIn(exportsOf(programOfEntryPoints(), file).keys(), guides).map((missing) => `${name}: ${missing}`),
      );
    expect(unnamed).to.deep.equal([]);
  });

  it('is reported as missing when only a longer word contains it', () => {
    expect(unnamedIn(['feed', 'feeds', 'sse'], ['`feeds(contract)`', 'sse(stream)'])).to.deep.equal(['feed']);
  });
});
