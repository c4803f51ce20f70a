import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportsOf, programOfEntryPoints } from './program.ts';
import { root, textOf } from './repo.ts';

/** The heading in docs/options.md of the members of an interface. */
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
  ContractOptions: '## `contract(routes, options)`',
  ChatRoutesOptions: '## `chatRoutes(options, answer)`',
  ResumingChatTransportOptions: '## `new ResumingChatTransport(options)`',
  ResumableStreamStoreOptions: '## `resumableStreamStore(options)`',
  InspectorOptions: '## `inspector(options)`',
  StreamDurabilityOptions: '## `streamDurability(options)`',
  AgentRunnerOptions: '## `agentRunner(options)`',
  ModelOptions: '## `fromOpenAi(request, options)` and `fromAnthropic(request, options)`',
  FromOpenAiOptions: '### `backoff` of `fromOpenAi`',
  FromSseOptions: '## `fromSse(target, contract, options)`',
  TabsOptions: '## `tabs(options)`',
  DecodingOptions: '## `fromEventSource(create, contract, options)`',
  ReconnectOptions: '### `backoff`',
};
const fileOf = (name: string) => {
  if (/^(AgentRunner|ChatRoutes|Resum(ing|able)|StreamDurability|Model|FromOpenAi)/.test(name))
    return 'lib/agents/index.ts';
  if (name === 'InspectorOptions') return 'lib/inspector/index.ts';
  if (name === 'ContractOptions') return 'lib/contract/index.ts';
  return /^(FromSse|ReadSse|Decoding|Reconnect|Tabs)/.test(name) ? 'lib/client/index.ts' : 'lib/index.ts';
};

/** The interfaces that have a section of their own, although others inherit from them. */
const inherited: Readonly<Record<string, string>> = {
  FromSseOptions: 'DecodingOptions',
  FromOpenAiOptions: 'ModelOptions',
};

/** Returns the names of the options of a type, with those that it inherits. */
function optionsOf(name: string): readonly string[] {
  const program = programOfEntryPoints();
  const symbol = exportsOf(program, fileOf(name)).get(name);
  if (symbol === undefined) throw new Error(`${fileOf(name)} does not export ${name}`);
  return program
    .getTypeChecker()
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .map((property) => property.name);
}

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
      const base = inherited[name];
      const elsewhere = base === undefined ? [] : optionsOf(base);
      const rows = rowsUnder(heading, text);
      expect(rows.map(({ option }) => option)).to.deep.equal(
        optionsOf(name).filter((option) => !elsewhere.includes(option)),
      );
      for (const { option, spec } of rows) {
        expect(existsSync(join(root, spec)), spec).to.equal(true);
        expect(textOf(spec), `${spec} on ${option}`).to.match(new RegExp(`\\b${option}\\b`));
      }
    });
  }

  it('describes readSse by the options of fromSse without cursorObserver and share', () => {
    const expected = optionsOf('FromSseOptions').filter((option) => !/^(cursorObserver|share)$/.test(option));
    expect(optionsOf('ReadSseOptions')).to.have.members(expected);
  });
});
