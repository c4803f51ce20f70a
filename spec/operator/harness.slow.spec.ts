import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import * as entryPoint from '../../lib/index.ts';
import { checksOf } from './harness/checksOf.ts';
import { cases } from './harness/Subject.ts';
import { subjects } from './subjects.ts';

const folder = 'lib/operator';
const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));

/** A file of the folder is an operator when the entry point exports a function of its name. */
const operators = files.filter((file) => typeof Reflect.get(entryPoint, file) === 'function').sort();

/** The other files of the folder. */
const parts: readonly string[] = [
  'EventIn',
  'OrderedCalls',
  'Puller',
  'SerializedObserver',
  'SourceSubscriber',
  'iterableIn',
  'listen',
  'observableFrom',
  'pull',
];

describe('every operator', () => {
  it('has a subject, and every other file of the folder is listed', () => {
    expect(Object.keys(subjects).sort()).to.deep.equal(operators);
    expect(files.filter((file) => !operators.includes(file)).sort()).to.deep.equal(parts);
  });

  it('has a spec of its own', () => {
    const specs = readdirSync('spec/operator');
    expect(operators.filter((name) => !specs.includes(`${name}.spec.ts`))).to.deep.equal([]);
  });
});

/** `OPERATOR=dedupe,timeouts` runs the cases of these operators only. */
const chosen = process.env.OPERATOR?.split(',');

for (const [name, subject] of Object.entries(subjects)) {
  if (chosen !== undefined && !chosen.includes(name)) continue;
  describe(`${name} satisfies the case`, () => {
    const checks = checksOf(name, subject);
    for (const title of cases) {
      const check = checks.get(title);
      if (typeof check === 'function') it(title, check);
      else it(`${title}: ${check?.because}`, () => expect(check?.because).to.match(/^\w.* \w/));
    }
  });
}
