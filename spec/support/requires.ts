import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs and packages that some specs need: how each is found and installed. */
const tools = {
  chromium: { variable: 'CHROMIUM', commands: ['chromium', 'chromium-browser'], install: 'apt-get install chromium' },
  curl: { variable: 'CURL', commands: ['curl'], install: 'apt-get install curl' },
  nginx: { variable: 'NGINX', commands: ['nginx'], install: 'apt-get install nginx-light' },
  'redis-server': { variable: 'REDIS_SERVER', commands: ['redis-server'], install: 'apt-get install redis-server' },
  postgres: { variable: 'POSTGRES', commands: ['postgres'], install: 'apt-get install postgresql' },
  clients: {
    variable: 'RXSSE_CLIENTS',
    commands: ['node_modules/@ag-ui/client'],
    install: 'npm ci --prefix spec/clients/packages',
  },
  copilotkit: {
    variable: 'RXSSE_COPILOTKIT',
    commands: ['node_modules/@copilotkit/runtime'],
    install: 'npm ci --prefix spec/clients/copilotkit',
  },
  site: { variable: 'RXSSE_SITE', commands: ['dist/reference'], install: 'npm run docs' },
  frameworks: {
    variable: 'RXSSE_FRAMEWORKS',
    commands: ['node_modules/fastify'],
    install: 'npm ci --prefix examples/frameworks',
  },
  components: {
    variable: 'RXSSE_COMPONENTS',
    commands: ['node_modules/@angular/core'],
    install: 'npm ci --prefix examples/components',
  },
} as const;

/** The folder of the documentation site. */
export const siteFolder = join(import.meta.dirname, '../../site');

/** The folder whose packages are the clients of other protocols. */
export const clientsFolder = join(import.meta.dirname, '../clients/packages');

/** The folder of CopilotKit. */
export const copilotFolder = join(import.meta.dirname, '../clients/copilotkit');

/** The folder whose packages are frameworks other than Express. */
export const frameworksFolder = join(import.meta.dirname, '../../examples/frameworks');

/** The folder whose packages are the frameworks of components. */
export const componentsFolder = join(import.meta.dirname, '../../examples/components');

type Tool = keyof typeof tools;

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the folders in which Debian has the servers of PostgreSQL, newest first; they are in no PATH. */
function serverFolders(): readonly string[] {
  const versions = '/usr/lib/postgresql';
  return existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(versions, version, 'bin'))
    : [];
}

/** Returns the path of a tool: that of its variable, or the first in PATH and in the folders of servers. */
export function findTool(tool: Tool, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { variable, commands } = tools[tool];
  const named = env[variable];
  if (named !== undefined && named !== '') return runs(named) ? named : undefined;
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    clientsFolder,
    copilotFolder,
    siteFolder,
    frameworksFolder,
    componentsFolder,
    ...serverFolders(),
  ];
  return folders.flatMap((folder) => commands.map((command) => join(folder, command))).find(runs);
}

/** Returns whether RXSSE_REQUIRE, a list with commas or spaces, names the tool; then the specs fail without it. */
export function isRequired(tool: Tool, env: NodeJS.ProcessEnv = process.env): boolean {
  return (env.RXSSE_REQUIRE ?? '').split(/[\s,]+/).includes(tool);
}

const skipped = new Map<Tool, number>();

function countSpecs(suite: Mocha.Suite): number {
  return suite.tests.length + suite.suites.reduce((sum, inner) => sum + countSpecs(inner), 0);
}

/** Prints what was skipped, when all specs have run, so that it is printed below them. */
function printSkipped(): void {
  for (const [tool, specs] of skipped) {
    console.log(`skipped: ${tool} not found (${tools[tool].install}); ${specs} ${specs === 1 ? 'spec' : 'specs'}`);
  }
}

/**
 * Declares, inside a `describe`, that its specs need a tool of the machine.
 *
 * Without the tool they are skipped and counted, or fail where RXSSE_REQUIRE names it.
 * Returns a function for the tool's path, to be called inside a spec or a hook.
 */
export function requires(tool: Tool): () => string {
  const path = findTool(tool);
  const missing = `${tool} not found (${tools[tool].install}, or set ${tools[tool].variable} to its path)`;

  before(function () {
    if (path !== undefined) return;
    if (isRequired(tool)) throw new Error(`${missing}, and RXSSE_REQUIRE names it`);
    if (skipped.size === 0) process.once('exit', printSkipped);
    const suite = this.test?.parent;
    skipped.set(tool, (skipped.get(tool) ?? 0) + (suite === undefined ? 0 : countSpecs(suite)));
    this.skip();
  });

  return () => {
    if (path === undefined) throw new Error(missing);
    return path;
  };
}
