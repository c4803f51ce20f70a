import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { documentedExamples, namesOfModules } from './documentedExamples.ts';
import { programOfExample } from './examplePrograms.ts';
import { root } from './repo.ts';

describe('the examples, run', function () {
  this.timeout(180_000);

  it('throw nothing, reject nothing, and report nothing', () => {
    const modules = namesOfModules();
    const examples = documentedExamples();
    const runnable = examples.flatMap((example) => {
      const made = programOfExample(example, modules);
      return 'program' in made ? [{ example, program: made.program }] : [];
    });
    // Most of them: the others need a page, a server or a package that is not installed here.
    expect(runnable.length / examples.length).to.be.above(0.6);

    const folder = mkdtempSync(join(root, 'spec', 'house', 'running-'));
    try {
      const paths = runnable.map((_, index) => join(folder, `example-${index}.ts`));
      for (const [index, path] of paths.entries()) writeFileSync(path, runnable[index]?.program ?? '');
      const list = join(folder, 'list.json');
      writeFileSync(list, JSON.stringify(paths));
      // Imports of types alone are removed, also where an example does not mark them.
      const tsconfig = join(folder, 'tsconfig.json');
      writeFileSync(
        tsconfig,
        '{ "extends": "../../../tsconfig.json", "compilerOptions": { "verbatimModuleSyntax": false } }',
      );
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', join(root, 'spec', 'house', 'runExamples.ts'), list],
        {
          encoding: 'utf8',
          cwd: root,
          timeout: 150_000,
          env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig, OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'a' },
        },
      );
      const lines = stdout.trim().split('\n');
      expect(lines.pop(), stderr).to.equal(`ran ${paths.length}`);
      const failures = lines
        .filter((line) => /^\d+ /.test(line))
        .map((line) => {
          const { example } = runnable[Number.parseInt(line, 10)] ?? {};
          return `${example?.file}:${example?.line} "${example?.title}": ${line.replace(/^\d+ /, '')}`;
        });
      expect(failures).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
