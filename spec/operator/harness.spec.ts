import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import * as door from '../../lib/index.ts';
import { answersOf } from './harness/answersOf.ts';
import { questions } from './harness/Subject.ts';
import { subjects } from './subjects.ts';

const folder = 'lib/operator';
const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));

/** A file of the folder is an operator where the door has a function of its name. */
const operators = files.filter((file) => typeof Reflect.get(door, file) === 'function').sort();

/** What operators are made of. */
const parts: readonly string[] = ['EventIn', 'OrderedCalls', 'SerializedObserver', 'SourceSubscriber', 'listen'];

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

/** `OPERATOR=dedupe,timeouts` asks these alone. */
const chosen = process.env.OPERATOR?.split(',');

for (const [name, subject] of Object.entries(subjects)) {
  if (chosen !== undefined && !chosen.includes(name)) continue;
  describe(`${name} satisfies`, function () {
    this.timeout(20_000);

    const answers = answersOf(name, subject);
    for (const question of questions) {
      const answer = answers.get(question);
      if (typeof answer === 'function') it(question, answer);
      else it(`${question}: ${answer?.because}`, () => expect(answer?.because).to.match(/^\w.* \w/));
    }
  });
}
