import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Makes one file of the server, and gives its path: 21 processes that each read
 * and translate the library anew would take longer than all that they are for.
 */
export async function bundledServer(folder: string): Promise<string> {
  const outfile = join(folder, 'server.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('server.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['lmdb'],
  });
  return outfile;
}
