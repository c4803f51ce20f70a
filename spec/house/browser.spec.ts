import { expect } from 'chai';
import { build } from 'esbuild';
import type { ResumingChatTransport } from '../../lib/agents/index.ts';
import { root } from './repo.ts';

/** Bundles a module for a browser, and returns the files of the bundle and its text. */
async function bundled(source: string): Promise<{ readonly inputs: readonly string[]; readonly text: string }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return { inputs: Object.keys(metafile.inputs), text: outputFiles.map((file) => file.text).join('') };
}

const contract = `
  import * as t from 'io-ts';
  import { DateFromISOString } from './lib/codec/DateFromISOString.ts';
  import { event } from './lib/event/event.ts';
  import { events } from './lib/event/events.ts';
  import { withDefault } from './lib/codec/withDefault.ts';
  const Echo = event('echo', { message: t.string, at: withDefault(DateFromISOString, () => new Date(0)) });
  const Echoes = events({ Echo, ReverseEcho: { message: t.string } });
  globalThis.made = [Echoes.Echo({ message: 'hello' }), Echoes.ReverseEcho({ message: 'olleh' })];
`;

describe('a contract in a browser', () => {
  it('loads the event layer and the codecs, and no file of a server', async () => {
    const { inputs } = await bundled(contract);
    const ours = inputs.filter((path) => path.startsWith('lib/'));
    const theirs = inputs.filter((path) => path.startsWith('node_modules/'));

    expect(ours.filter((path) => !/^lib\/(event|codec|data|error|wire)\//.test(path))).to.deep.equal([]);
    expect(theirs.filter((path) => !/^node_modules\/(io-ts|fp-ts)\//.test(path))).to.deep.equal([]);
    expect(inputs.filter((path) => path.startsWith('node:'))).to.deep.equal([]);
  });

  it('runs without Node', async () => {
    const { text } = await bundled(contract);
    const world: { made?: unknown } = {};
    new Function('globalThis', 'process', 'require', 'Buffer', text)(world, undefined, undefined, undefined);

    expect(world.made).to.deep.equal([
      { type: 'echo', data: { message: 'hello', at: new Date(0) } },
      { type: 'reverse_echo', data: { message: 'olleh' } },
    ]);
  });

  it('is bundled from the main entry point without a module of Node and without the sink', async () => {
    const entryPoint = contract
      .replace(/import \{ (\w+) \} from '\.\/lib\/(?:event|codec)\/.*';/g, '')
      .replace(
        'const Echo =',
        "import { DateFromISOString, event, events, withDefault } from './lib/index.ts';\nconst Echo =",
      );
    const { inputs, text } = await bundled(entryPoint);

    expect(inputs.filter((path) => path.startsWith('node:'))).to.deep.equal([]);
    expect(text).not.to.match(/X-Accel-Buffering|text\/event-stream/);
  });
});

const transport = `
  import { ResumingChatTransport } from './lib/agents/index.ts';
  globalThis.transport = new ResumingChatTransport({ api: 'http://localhost/api/chat' });
`;

describe('the transport of a chat in a browser', () => {
  it('is bundled without a module of Node, the sink and the logs', async () => {
    const { text } = await bundled(transport);
    expect(text).not.to.match(/(?:from|import|require\()\s*["']node:/);
    expect(text).not.to.match(/X-Accel-Buffering|memoryLog/);
  });

  it('reads an answer without Node', async () => {
    const { text } = await bundled(transport);
    const body = 'id: 1.e.0\n\nid: 1.e.1\ndata: {"type":"start"}\n\ndata: [DONE]\n\n';
    const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    const world = { fetch } as { transport?: ResumingChatTransport<unknown> };
    new Function('globalThis', 'process', 'require', 'Buffer', text)(world, undefined, undefined, undefined);
    const chunks = await world.transport?.sendMessages({ chatId: 'c', messages: [] });
    const received: unknown[] = [];
    for await (const chunk of chunks as unknown as AsyncIterable<unknown>) received.push(chunk);
    expect(received).to.deep.equal([{ type: 'start' }]);
  });
});
