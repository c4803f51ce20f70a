import { fileURLToPath } from 'node:url';

/** The script and the style of the page. */
export interface BundledPage {
  readonly script: string;
  readonly style: string;
}

/**
 * Bundles the page with esbuild, a development dependency: in a checkout of the source only. `npm run build` replaces this
 * file by one that has the result as text.
 */
export async function bundledPage(): Promise<BundledPage> {
  const bundler = 'esbuild';
  const { build } = (await import(bundler)) as Bundler;
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: { page: `${folder}page/main.tsx` },
    outdir: '/',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  // Nothing in a script element may look like its end.
  return { script: textOf('.js').replaceAll('</script', '<\\/script'), style: textOf('.css') };
}

/** The part of esbuild that is used. */
interface Bundler {
  build(
    options: object,
  ): Promise<{ readonly outputFiles: readonly { readonly path: string; readonly text: string }[] }>;
}
