import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { root } from './repo.ts';

/** How many files of lib each walk may cross today, and the goal where it is not reached. */
const walks = [
  { name: 'publication', title: 'from a publication to the write for an idle reader', most: 27, goal: 16 },
  { name: 'plainValue', title: 'from a value of sse(subject) to the write', most: 18, goal: 11 },
  { name: 'resumption', title: 'from a request with Last-Event-ID to its first event', most: 35, goal: 22 },
  { name: 'reception', title: 'from received bytes to a typed event of fromSse', most: 11, goal: 11 },
];

describe('the files of lib that run', function () {
  this.timeout(60_000);

  let found: Readonly<Record<string, readonly string[]>> = {};
  before(() => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'spec/house/walkProgram.ts'], {
      cwd: root,
      encoding: 'utf8',
    });
    if (stderr !== '') throw new Error(stderr);
    found = JSON.parse(stdout);
  });

  for (const { name, title, most, goal } of walks) {
    it(`${title} are at most ${most}${most === goal ? '' : `; the goal is ${goal}`}`, () => {
      const files = found[name] ?? [];
      expect(files).to.not.deep.equal([]);
      expect(files.length, files.join('\n')).to.be.at.most(most);
    });
  }
});
