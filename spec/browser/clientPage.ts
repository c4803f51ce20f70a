import { build, type StdinOptions } from 'esbuild';
import { root } from '../house/repo.ts';

/** The start of a page's script: the client, and a contract of numbered ticks. */
const imports = `
  import * as t from 'io-ts';
  import { scan } from 'rxjs';
  import { events } from './lib/event/events.ts';
  import { fromEventSource, fromSse, tabs } from './lib/client/index.ts';
  const Ticks = events({ Tick: t.number });
`;

/** Returns a page with a script of the client, bundled for the browser. */
export function clientPage(script: string): Promise<string> {
  return bundledPage({ contents: imports + script, resolveDir: root, loader: 'ts' });
}

/** Returns a page with a script, bundled for the browser with what it imports from a folder. */
export async function bundledPage(stdin: StdinOptions): Promise<string> {
  const { outputFiles } = await build({
    stdin,
    absWorkingDir: root,
    platform: 'browser',
    format: 'iife',
    bundle: true,
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles.map((file) => file.text).join('');
  return `<!doctype html><link rel="icon" href="data:,"><body><script>${text.replaceAll('</script', '<\\/script')}</script>`;
}
