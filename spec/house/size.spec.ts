import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { build } from 'esbuild';
import { root } from './repo.ts';

/**
 * The bytes that a page loads for the client and its parser, with `readSse`, the reporter of dropped events and the JSON of a
 * refusal, about 2000 together, without the peer dependencies. The messages that name the
 * range of an option and the dates of `Retry-After` are about 500 of them, the mark that copies of the package share is
 * about 100; that a misspelt option is an error, with the nearest name, is 600.
 */
const budget = 11500;

async function bundled(file: string) {
  const { metafile, outputFiles } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    external: ['rxjs', 'io-ts', 'fp-ts/*'],
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
  it(`takes at most ${budget} bytes, minified and compressed, without its peer dependencies`, async () => {
    const { bytes } = await bundled('lib/client/index.ts');
    expect(bytes).to.be.within(1000, budget);
  });

  it('loads nothing of a server, of logs or of feeds, and needs no module of Node', async () => {
    const { files, imports } = await bundled('lib/client/index.ts');
    expect(files).to.include.members(['lib/client/fromSse.ts', 'lib/wire/FrameParser.ts']);
    expect(files.filter((path) => !/^lib\/(client|error|data|time|codec|event|wire)\//.test(path))).to.deep.equal([]);
    expect(files.filter((path) => /encodeFrame|parseFrames|event\/define|codec\/exact/.test(path))).to.deep.equal([]);
    expect(imports.filter((path) => !/^(rxjs|io-ts|fp-ts\/.*)$/.test(path))).to.deep.equal([]);
  });

  it('measures the main entry point as larger, with the sink', async () => {
    const { files, bytes } = await bundled('lib/index.ts');
    expect(files.some((path) => path.startsWith('lib/sink/'))).to.equal(true);
    expect(bytes).to.be.above(budget);
  });
});
