import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { performCompilation } from '@angular/compiler-cli';
import { build, type Loader, type Plugin } from 'esbuild';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

const folder = import.meta.dirname;

/** The main file of each page. */
const mains = { react: 'react/main.tsx', vue: 'vue/main.ts', svelte: 'svelte/main.ts', angular: 'angular/main.ts' };

export type Framework = keyof typeof mains;

export const frameworks = Object.keys(mains) as Framework[];

/** Compiles the components of Vue and Svelte: `server` renders them to text. */
export function compilers(target: 'client' | 'server'): Plugin {
  return {
    name: 'components',
    setup: ({ onLoad }) => {
      const load = (filter: RegExp, loader: Loader, compiled: (text: string, path: string) => string) =>
        onLoad({ filter }, ({ path }) => ({ contents: compiled(readFileSync(path, 'utf8'), path), loader }));
      load(/\.svelte$/, 'js', (text, filename) => compile(text, { filename, generate: target }).js.code);
      load(/\.vue$/, 'ts', (text, filename) => {
        const { descriptor } = parse(text, { filename });
        const templateOptions = { ssr: target === 'server', ssrCssVars: [] };
        return compileScript(descriptor, { id: basename(filename), inlineTemplate: true, templateOptions }).content;
      });
    },
  };
}

/** Returns the script of a page. */
export async function bundle(framework: Framework): Promise<string> {
  if (framework !== 'angular') return bundled(join(folder, mains[framework]));
  // Its compiler writes files, which find their packages from here.
  const outDir = mkdtempSync(join(folder, 'dist-'));
  try {
    return await bundled(compiledByAngular(outDir));
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

async function bundled(main: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [main],
    tsconfig: join(folder, 'tsconfig.json'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    // React mounts each component twice, as during development.
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [compilers('client')],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** Compiles the components of Angular, with the types of their templates; returns the main file. */
function compiledByAngular(outDir: string): string {
  const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript');
  const file = join(folder, 'tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, folder);
  const { diagnostics } = performCompilation({
    rootNames: [join(folder, mains.angular)],
    options: { ...options, noEmit: false, outDir, rootDir: join(folder, '../..'), strictTemplates: true },
    gatherDiagnostics: (program) => {
      const files = program.getTsProgram().getSourceFiles();
      const ours = files.filter(({ fileName }) => fileName.startsWith(join(folder, 'angular')));
      return ours.flatMap((file) => [
        ...program.getTsSemanticDiagnostics(file),
        ...program.getNgSemanticDiagnostics(file.fileName),
      ]);
    },
  });
  const texts = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  if (texts.length > 0) throw new Error(texts.join('\n'));
  return join(outDir, 'examples/components', mains.angular.replace(/ts$/, 'js'));
}
