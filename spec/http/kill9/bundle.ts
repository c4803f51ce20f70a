import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Makes one file of the server, and gives its path: 21 processes that each read
 * and translate the library again would take longer than all that they are for.
 */
export async function bundledServer(folder: string): Promise<string> {
  const outfile = join(folder, 'server.mjs');
  // It finds the package lmdb from where it stands.
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  await build({
    entryPoints: [fileURLToPath(new URL('server.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [
      {
        name: 'native',
        // Brings a binary, which it finds beside itself.
        setup: ({ onResolve }) =>
          onResolve({ filter: /^lmdb$/ }, () => ({ path: import.meta.resolve('lmdb'), external: true })),
      },
    ],
  });
  return outfile;
}
