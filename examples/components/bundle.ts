import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { performCompilation } from '@angular/compiler-cli';
import { build, type Loader, type Plugin } from 'esbuild';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

const folder = import.meta.dirname;

/** The files of each framework: that of the page, and that which renders it on a server. */
const mains = {
  react: { client: 'react/main.tsx', server: 'react/server.tsx' },
  vue: { client: 'vue/main.ts', server: 'vue/server.ts' },
  svelte: { client: 'svelte/main.ts', server: 'svelte/server.ts' },
  angular: { client: 'angular/main.ts', server: 'angular/server.ts' },
};

export type Framework = keyof typeof mains;

export const frameworks = Object.keys(mains) as Framework[];

/** Returns the script of a page, or the module of Node that renders it, as CommonJS. */
export async function bundle(framework: Framework, target: 'client' | 'server' = 'client'): Promise<string> {
  const main = mains[framework][target];
  if (framework !== 'angular') return bundled(join(folder, main), target);
  // Its compiler writes files, which find their packages from here.
  const outDir = mkdtempSync(join(folder, 'dist-'));
  try {
    return await bundled(compiledByAngular(main, outDir), target);
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

async function bundled(main: string, target: 'client' | 'server'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [main],
    tsconfig: join(folder, 'tsconfig.json'),
    bundle: true,
    format: target === 'client' ? 'esm' : 'cjs',
    platform: target === 'client' ? 'browser' : 'node',
    // React mounts each component twice, as during development.
    define: {
      'process.env.NODE_ENV': '"development"',
      ngDevMode: 'false',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [compilers(target)],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** Compiles the components of Vue and Svelte. */
function compilers(target: 'client' | 'server'): Plugin {
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

/** Compiles the components of Angular, with the types of their templates; returns the compiled main file. */
function compiledByAngular(main: string, outDir: string): string {
  const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript');
  const file = join(folder, 'tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, folder);
  const { diagnostics } = performCompilation({
    rootNames: [join(folder, main)],
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
  return join(outDir, 'examples/components', main.replace(/ts$/, 'js'));
}
