import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the server into one file, and returns its path, since loading and compiling
 * the library in 21 processes would take longer than the spec itself.
 */
export async function bundledServer(folder: string): Promise<string> {
  const outfile = join(folder, 'server.mjs');
  // The bundle finds the package lmdb in this folder.
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
        // The package has a binary, which it finds in its own folder.
        setup: ({ onResolve }) =>
          onResolve({ filter: /^lmdb$/ }, () => ({ path: import.meta.resolve('lmdb'), external: true })),
      },
    ],
  });
  return outfile;
}
