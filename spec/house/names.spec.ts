import { expect } from 'chai';
import { names } from './names.ts';
import { exportsOf, programOfEntryPoints } from './program.ts';
import { entryPoints } from './repo.ts';

describe('the public names', function () {
  this.timeout(60_000);

  const opened = entryPoints();

  it('stand behind the doors of package.json, each of which has its list', () => {
    expect(opened.map(({ name }) => name)).to.deep.equal(Object.keys(names));
  });

  for (const { name, file } of opened) {
    it(`of ${name} are those of the list in spec/house/names.ts`, () => {
      const found = [...exportsOf(programOfEntryPoints(), file).keys()];
      const listed = names[name] ?? [];
      expect({
        'not in the list': found.filter((candidate) => !listed.includes(candidate)),
        'no longer there': listed.filter((candidate) => !found.includes(candidate)),
      }).to.deep.equal({ 'not in the list': [], 'no longer there': [] });
    });
  }
});
