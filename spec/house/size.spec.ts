import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { build } from 'esbuild';
import { root, textOf } from './repo.ts';

/**
 * The bytes that a page loads for the client and its parser, with `readSse`, the reporter of dropped events and the JSON of a
 * refusal, about 2000 together, without the peer dependencies. The messages that name the
 * range of an option and the dates of `Retry-After` are about 500 of them, the mark that copies of the package share is
 * about 100; that a misspelt option is an error, with the nearest name, is 600; the bound of an id is 90; that a connection
 * can be shared is 100, of which `tabs` is no part; that messages name the URL, the type that came and CORS is 120;
 * that those of a wrong option and a dropped event name the unit, the URL and the option that decides is 60; that a refusal is
 * named with the detail of its problem is 55.
 */
const budget = 11950;

/** The bytes that a page loads in addition for `tabs`: 2643 were measured, 130 of them for events without ids, limits of events and tabs that hang. */
const tabsBudget = 2700;

/** All of the client that a bundler keeps for a page without `tabs`. */
const withoutTabs = "export { fromEventSource, fromSse, readSse } from './lib/client/index.ts';";

/**
 * The bytes that a page loads for the client, a contract, and what both need of RxJS, io-ts and fp-ts: 27,129 were measured,
 * about 1,780 of them for schemas of other libraries and 2,215 for the JSON Schema of definitions, `~standard`, which no bundler can
 * know to be unused.
 */
const pageBudget = 27150;

/** A page that reads the events of a contract. */
const page = `
  import * as t from 'io-ts';
  import { events } from './lib/index.ts';
  import { fromSse } from './lib/client/index.ts';
  const Orders = events({ OrderPaid: { order: t.string, user: t.string, total: t.number } });
  fromSse('/orders', Orders).subscribe(({ type, data }) => console.log(type, data));
`;

/** The bytes that a page loads for `ResumingChatTransport` and all that it needs: 15,997 were measured, 3 kB of them RxJS. */
const chatBudget = 16100;

/** A page that resumes the answers of a chat. */
const chatPage = `
  import { ResumingChatTransport } from './lib/agents/index.ts';
  console.log(new ResumingChatTransport({ api: '/api/chat' }));
`;

const external = ['rxjs', 'io-ts', 'fp-ts/*'];

async function bundled(
  entry: { readonly file: string } | { readonly code: string; readonly external?: readonly string[] },
) {
  const isFile = 'file' in entry;
  const { metafile, outputFiles } = await build({
    ...(isFile
      ? { entryPoints: [entry.file], external }
      : {
          stdin: { contents: entry.code, resolveDir: root, loader: 'ts' as const },
          external: [...(entry.external ?? [])],
        }),
    absWorkingDir: root,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const [{ inputs, imports } = { inputs: {}, imports: [] }] = Object.values(metafile.outputs);
  const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    bytes: outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0),
    files: used.map(([path]) => path),
    imports: [...new Set(imports.map(({ path }) => path))],
  };
}

describe('the client in a browser', () => {
  it(`has at most ${budget} bytes, minified and compressed, without its peer dependencies`, async () => {
    const { bytes, files } = await bundled({ code: withoutTabs, external });
    expect(bytes).to.be.within(1000, budget);
    expect(files.filter((path) => path.includes('tabs'))).to.deep.equal([]);
  });

  it(`has at most ${tabsBudget} bytes more with tabs`, async () => {
    const { bytes } = await bundled({ code: withoutTabs, external });
    const all = await bundled({ file: 'lib/client/index.ts' });
    expect(all.bytes - bytes).to.be.within(1000, tabsBudget);
    for (const page of ['docs/recipes/client.md', 'docs/components.md']) {
      expect(textOf(page)).to.include(`${tabsBudget / 1000} kB`);
    }
  });

  it(`has at most ${pageBudget} bytes in a page with a contract and all dependencies, as the recipe says`, async () => {
    const { bytes, files } = await bundled({ code: page });
    expect(files.filter((path) => /node_modules\/(rxjs|io-ts|fp-ts)\//.test(path))).to.not.deep.equal([]);
    expect(files.filter((path) => /^lib\/(sink|feed|log|adapter|source|testing)\//.test(path))).to.deep.equal([]);
    expect(bytes).to.be.within(budget, pageBudget);
    const shown = (size: number) => `${size / 1000} kB`;
    expect(textOf('docs/recipes/client.md')).to.include(shown(pageBudget)).and.include(shown(budget));
  });

  it(`has at most ${chatBudget} bytes in a page with the transport of a chat, without codecs`, async () => {
    const { bytes, files, imports } = await bundled({ code: chatPage });
    expect(files).to.include('lib/agents/ResumingChatTransport.ts');
    expect(
      files.filter((path) => /^lib\/codec\/(exact|standard|jsonSchema)\/|node_modules\/io-ts/.test(path)),
    ).to.deep.equal([]);
    expect(imports).to.deep.equal([]);
    expect(bytes).to.be.within(budget, chatBudget);
    expect(textOf('docs/agents.md')).to.include(`${chatBudget / 1000} kB`);
  });

  it('loads nothing of a server, of logs or of feeds, and needs no module of Node', async () => {
    const { files, imports } = await bundled({ file: 'lib/client/index.ts' });
    expect(files).to.include.members(['lib/client/fromSse.ts', 'lib/wire/FrameParser.ts']);
    const layers = /^lib\/(client|error|data|time|codec|event|wire|operator\/SourceSubscriber.ts)\b/;
    expect(files.filter((path) => !layers.test(path))).to.deep.equal([]);
    expect(files.filter((path) => /encodeFrame|parseFrames|event\/define|codec\/exact/.test(path))).to.deep.equal([]);
    expect(imports.filter((path) => !/^(rxjs|io-ts|fp-ts\/.*)$/.test(path))).to.deep.equal([]);
  });

  it('measures the main entry point as larger, with the sink', async () => {
    const { files, bytes } = await bundled({ file: 'lib/index.ts' });
    expect(files.some((path) => path.startsWith('lib/sink/'))).to.equal(true);
    expect(bytes).to.be.above(budget);
  });
});
