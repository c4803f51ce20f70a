import { build } from 'esbuild';
import { root } from '../house/repo.ts';

/** The start of a page's script: the client, and a contract of numbered ticks. */
const imports = `
  import * as t from 'io-ts';
  import { scan } from 'rxjs';
  import { events } from './lib/event/events.ts';
  import { fromEventSource, fromSse, tabs } from './lib/client/index.ts';
  const Ticks = events({ Tick: t.number });
`;

/** Returns a page with a script, bundled for the browser. */
export async function clientPage(script: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: imports + script, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    platform: 'browser',
    format: 'iife',
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles.map((file) => file.text).join('');
  return `<!doctype html><link rel="icon" href="data:,"><body><script>${text.replaceAll('</script', '<\\/script')}</script>`;
}
