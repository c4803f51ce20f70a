import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportsOf, programOfEntryPoints } from './program.ts';
import { root, textOf } from './repo.ts';

/** The heading in docs/options.md under which the members of an interface stand. */
const headings: Readonly<Record<string, string>> = {
  SseOptions: '## `sse(options, stream)`',
  TimeoutOptions: '### `timeout`',
  ResumeOptions: '### `resume`',
  WireOptions: '### `wire`',
  FeedOptions: '## `feed(contract, options)`',
  FeedsOptions: '## `feeds(contract, options)`',
  ReceiveOptions: '## `receive(feed, options)`',
  ConnectionLimitOptions: '## `connectionLimit(options)`',
  ShutdownOptions: '## `shutdown(targets, options)`',
};

interface Row {
  readonly option: string;
  readonly spec: string;
}

function rowsUnder(heading: string, text: string): readonly Row[] {
  const [, after = ''] = text.split(`${heading}\n`);
  const [section = ''] = after.split(/\n#/);
  return [...section.matchAll(/^\| `(\w+)` \|.*\(\.\.\/(\S+)\) \|$/gm)].map(([, option = '', spec = '']) => ({
    option,
    spec,
  }));
}

describe('the table of options', function () {
  this.timeout(60_000);

  const text = textOf('docs/options.md');

  for (const [name, heading] of Object.entries(headings)) {
    it(`has a row for each of ${name}, and each row a spec that names it`, () => {
      const declared = exportsOf(programOfEntryPoints(), 'lib/index.ts').get(name);
      const rows = rowsUnder(heading, text);
      expect(rows.map(({ option }) => option)).to.deep.equal([...(declared?.members?.keys() ?? [])].filter(isOption));
      for (const { option, spec } of rows) {
        expect(existsSync(join(root, spec)), spec).to.equal(true);
        expect(textOf(spec), `${spec} on ${option}`).to.match(new RegExp(`\\b${option}\\b`));
      }
    });
  }
});

/** Its type parameters are among the members of an interface, too. */
function isOption(name: unknown): boolean {
  return !/^(?:[A-Z]|Context)$/.test(String(name));
}
