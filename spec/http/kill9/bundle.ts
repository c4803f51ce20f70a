import { symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);

/**
 * Bundles the server into one file, and returns its path, since loading and compiling
 * the library in 21 processes would take longer than the spec itself.
 */
export async function bundledServer(folder: string, entry = new URL('server.ts', import.meta.url)): Promise<string> {
  const outfile = join(folder, 'server.mjs');
  // The bundle finds the package lmdb in this folder.
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [
      {
        name: 'native',
        // One of the packages has a binary, which it finds in its own folder, and the others are CommonJS.
        setup: ({ onResolve }) =>
          onResolve({ filter: /^(lmdb|pg|@redis\/client)$/ }, ({ path }) => ({
            path: require.resolve(path),
            external: true,
          })),
      },
    ],
  });
  return outfile;
}
