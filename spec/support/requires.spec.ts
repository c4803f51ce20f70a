import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findTool, isRequired } from './requires.ts';

const here = import.meta.dirname;

describe('requires', () => {
  it('finds a tool at the path of its variable, and nowhere else when that is set', () => {
    expect(findTool('chromium', { CHROMIUM: process.execPath, PATH: '' })).to.equal(process.execPath);
    expect(findTool('chromium', { ...process.env, CHROMIUM: '/no/such/chromium' })).to.equal(undefined);
  });

  it('reads RXSSE_REQUIRE as a list with commas or spaces', () => {
    expect(isRequired('nginx', { RXSSE_REQUIRE: 'chromium, nginx' })).to.equal(true);
    expect(isRequired('nginx', { RXSSE_REQUIRE: 'chromium nginx' })).to.equal(true);
    expect(isRequired('nginx', { RXSSE_REQUIRE: 'chromium' })).to.equal(false);
    expect(isRequired('nginx', {})).to.equal(false);
  });

  describe('without the tool', function () {
    this.timeout(60_000);
    let folder: string;

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'rxsse-requires-'));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      for (const name of ['one', 'two']) {
        writeFileSync(
          join(folder, `${name}.spec.ts`),
          `import { requires } from ${JSON.stringify(join(here, 'requires.ts'))};
           describe('${name}', () => { requires('chromium'); it('a', () => {}); describe('in it', () => { it('b', () => {}); }); });
           it('another of ${name}', () => {});`,
        );
      }
    });
    after(() => rmSync(folder, { recursive: true }));

    const run = (env: NodeJS.ProcessEnv) => {
      const mocha = join(here, '../../node_modules/mocha/bin/mocha.js');
      const specs = [join(folder, 'one.spec.ts'), join(folder, 'two.spec.ts')];
      return spawnSync(process.execPath, ['--import', 'tsx', mocha, '--no-config', ...specs], {
        cwd: join(here, '../..'),
        env: { ...process.env, CHROMIUM: '/no/such/chromium', ...env },
        encoding: 'utf8',
      });
    };

    it('prints once how many specs it skips', () => {
      const { status, stdout } = run({ RXSSE_REQUIRE: 'nginx' });
      expect(stdout).to.contain('2 passing').and.to.contain('4 pending');
      expect(stdout.match(/^skipped: .*$/gm)).to.deep.equal([
        'skipped: chromium not found (apt-get install chromium); 4 specs',
      ]);
      expect(status).to.equal(0);
    });

    it('fails when RXSSE_REQUIRE lists the tool', () => {
      const { status, stdout } = run({ RXSSE_REQUIRE: 'chromium' });
      expect(stdout).to.contain('RXSSE_REQUIRE names it').and.to.contain('2 failing');
      expect(status).to.equal(2);
    });
  });
});
