import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryPoints, filesIn, root, textOf } from '../spec/house/repo.ts';
import { linksRewritten, repositoryOf, routeOf } from './links.ts';
import { sections } from './pages.ts';

const site = dirname(fileURLToPath(import.meta.url));
const source = join(site, '.src');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

if (!existsSync(join(site, 'node_modules'))) run(site, npm, ['ci', '--no-audit', '--no-fund', '--loglevel', 'error']);

rmSync(source, { recursive: true, force: true });
const pages = sections.flatMap((section) => section.pages);
const repository = repositoryOf(textOf('package.json'));
const decisions = [...filesIn('docs/decisions', '.md').keys()];
checkThatAllAreListed();

const files = new Set([...pages.map(({ file }) => file), ...decisions]);
for (const file of files) write(`${routeOf(file)}.md`, linksRewritten(file, textOf(file), files, '', repository));
write('decisions.md', ['# Decisions', '', ...decisions.map(decisionLine)].join('\n'));
writeReference();
write('index.md', textOf('site/index.md'));
cpSync(join(site, 'icon.svg'), join(source, 'public', 'icon.svg'));
cpSync(join(root, 'docs', 'images'), join(source, 'public', 'images'), { recursive: true });
writeTextForModels();

run(site, process.execPath, [join(site, 'node_modules', 'vitepress', 'bin', 'vitepress.js'), 'build']);
console.log(`The site is in ${relative(process.cwd(), join(site, 'dist'))}; \`npm run docs -- --serve\` shows it.`);
if (process.argv.includes('--serve')) {
  run(site, process.execPath, [join(site, 'node_modules', 'vitepress', 'bin', 'vitepress.js'), 'preview']);
}

function checkThatAllAreListed(): void {
  const isElsewhere = (file: string) => /^docs\/(api|decisions)\//.test(file);
  const unlisted = [...filesIn('docs', '.md').keys()].filter(
    (file) => !isElsewhere(file) && !pages.some((page) => page.file === file),
  );
  if (unlisted.length > 0) throw new Error(`Add to a section of site/pages.ts: ${unlisted.join(', ')}.`);
}

/** Writes one page for each entry point of the package, with all that its doc comments say. */
function writeReference(): void {
  const entries = join(source, 'entries');
  for (const { name, file } of entryPoints()) {
    const path = join(entries, `${name.split('/').at(-1)}.ts`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `export * from '${relative(entries, join(root, file))}';\n`);
  }
  const typedoc = join(site, 'node_modules', 'typedoc', 'bin', 'typedoc');
  run(site, process.execPath, [typedoc, '--options', join(site, 'typedoc.json')]);
  rmSync(entries, { recursive: true });
  const titles = entryPoints().map(({ name }) => [name.split('/').at(-1) ?? name, name] as const);
  for (const [base, name] of titles) {
    const path = join(source, 'reference', `${base}.md`);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^# .*$/m, `# ${name}`));
  }
  const lines = titles.map(([base, name]) => `- [\`${name}\`](/reference/${base})`);
  write('reference/index.md', ['# API', '', 'One page for each entry point of the package.', '', ...lines].join('\n'));
}

/** Writes what language models read: a list of the pages, and all pages in one file. See https://llmstxt.org. */
function writeTextForModels(): void {
  const lines = sections.flatMap(({ title, pages }) => [
    '',
    `## ${title}`,
    '',
    ...pages.map((page) => `- [${page.title}](/${routeOf(page.file)}.md)`),
  ]);
  const { description } = JSON.parse(textOf('package.json')) as { readonly description: string };
  write('public/llms.txt', ['# rxsse', '', `> ${description}`, ...lines, ''].join('\n'));
  const whole = pages.filter(({ file }) => !file.includes('performance')).map(({ file }) => textOf(file));
  write('public/llms-full.txt', whole.join('\n\n'));
  const exported = new Set(pages.map(({ file }) => file));
  for (const file of exported)
    write(`public/${routeOf(file)}.md`, linksRewritten(file, textOf(file), exported, '.md', repository));
}

function decisionLine(file: string): string {
  const [heading = ''] = textOf(file).split('\n');
  return `- [${heading.replace(/^# /, '')}](/${routeOf(file)})`;
}

function write(path: string, text: string): void {
  const target = join(source, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

function run(cwd: string, command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
