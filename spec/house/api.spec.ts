import { expect } from 'chai';
import ts from 'typescript';
import { apiReports, reportPath } from './api.ts';
import { exportsOf, programOfEntryPoints } from './program.ts';
import { entryPoints, filesIn, textOf } from './repo.ts';

/** The most names that the main entry point may export. */
const maxNames = 113;

/** The most names that no guide mentions; the goal is 0. */
const maxUnmentioned = 3;

describe('the public names', function () {
  // The reports take 20 s of a processor, and over a minute where six programs share it.
  this.timeout(240_000);

  let reports: ReadonlyMap<string, string>;
  before(() => {
    reports = apiReports();
  });

  const reviewed = filesIn('docs/api', '.md');

  it('have one reviewed report for each entry point', () => {
    expect([...reviewed.keys()]).to.have.members(entryPoints().map(reportPath));
  });

  for (const entryPoint of entryPoints()) {
    const path = reportPath(entryPoint);
    it(`of ${entryPoint.name} are declared as ${path} says`, () => {
      expect(reports.get(path), 'run npm run api and review the difference').to.equal(reviewed.get(path));
    });
  }

  it(`of the main entry point are at most ${maxNames}`, () => {
    expect(exportsOf(programOfEntryPoints(), 'lib/index.ts').size).to.be.at.most(maxNames);
  });

  it('are mentioned in the README, a guide or an example, all but those that are only types', () => {
    const guides = [...filesIn('docs', '.md')]
      .filter(([path]) => !path.startsWith('docs/api/'))
      .map(([, text]) => text);
    const text = [textOf('README.md'), ...guides, ...filesIn('examples', '.ts').values()].join('\n');
    const mentioned = new Set(text.split(/\W+/));
    const missing = entryPoints().flatMap(({ name, file }) =>
      [...exportsOf(programOfEntryPoints(), file)]
        .filter(([exported, { flags }]) => flags & ts.SymbolFlags.Value && !mentioned.has(exported))
        .map(([exported]) => `${name}: ${exported}`),
    );
    expect(missing.length, missing.join('\n')).to.be.at.most(maxUnmentioned);
  });
});
