import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import { guideSteps } from '../consumers/guide.ts';
import { openStream } from '../support/openStream.ts';
import { freePort } from './kill9/startServer.ts';

const root = join(import.meta.dirname, '../..');
const recipe = readFileSync(join(root, 'docs/recipes/durable-jobs.md'), 'utf8');

/** Returns the server of the recipe. */
function serverCode(): string {
  const step = guideSteps(recipe).find((each) => 'write' in each && each.write === 'server.ts');
  if (step === undefined || !('write' in step)) throw new Error('the recipe has no server.ts');
  return step.text;
}

/** Returns the same server with the family of the section on jobs that continue, and its work. */
function continuingCode(): string {
  const [, section = ''] = recipe.split('\n## Continue in place of failing\n');
  const [, block = ''] = /```ts\n(.*?)```/s.exec(section) ?? [];
  const family = block.slice(block.indexOf('const jobs'));
  const whole = serverCode();
  const [start, end] = ['/** The jobs that this process has accepted', 'const app = express();'];
  expect([whole.includes(start), whole.includes(end), family.includes('storedOf')]).to.deep.equal([true, true, true]);
  return [
    "import { reduce, switchMap, takeWhile } from 'rxjs';\nimport type { Feed, Feeds } from 'rxsse';\n",
    whole.slice(0, whole.indexOf(start)),
    family,
    'async function* exportFrom({ rows, row: from }: { rows: number; row: number }, signal: AbortSignal) {\n' +
      '  for (let row = from + 1; row <= rows; row++) {\n' +
      '    await setTimeout(100, undefined, { signal });\n    yield Export.Progress({ row });\n  }\n}\n',
    whole.slice(whole.indexOf(end)).replace('accepted.set(id, rows);', ''),
  ].join('');
}

/** Returns the numbers of the rows in a stream. */
const rowsIn = (text: string): readonly number[] =>
  [...text.matchAll(/^data: \{"row":(\d+)\}$/gm)].map(([, n]) => Number(n));
const rowsTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1);
const failedEnd = /event: rxsse\.end\ndata: \{"reason":"failed"\}\n\n$/;
const completedEnd = /event: rxsse\.end\ndata: null\n\n$/;
const lastId = (text: string): string =>
  text
    .match(/^id: (\S+)$/gm)
    ?.at(-1)
    ?.slice(4) ?? '';

describe('the recipe for jobs that survive a restart', function () {
  this.timeout(60_000);
  let folder = '';
  const children = new Set<ChildProcess>();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rxsse-jobs-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });

  afterEach(async () => {
    for (const child of children) await kill(child);
    rmSync(folder, { recursive: true, force: true });
  });

  async function kill(child: ChildProcess): Promise<void> {
    const exited = once(child, 'close');
    child.kill('SIGKILL');
    children.delete(child);
    await exited;
  }

  /** Starts a server in the folder, on a free port, whose rows take 10 ms. */
  async function start(code = serverCode()): Promise<{ url: string; kill: () => Promise<void>; errors: () => string }> {
    const port = await freePort();
    const outfile = join(folder, `server-${port}.mjs`);
    await build({
      stdin: {
        contents: code.replaceAll('3000', String(port)).replace('setTimeout(100', 'setTimeout(10'),
        resolveDir: root,
        loader: 'ts',
      },
      tsconfig: join(root, 'tsconfig.json'),
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: ['express', 'lmdb', 'rxjs', 'io-ts', 'fp-ts/*'],
      logLevel: 'silent',
    });
    const child = spawn(process.execPath, [outfile], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'close').then(() => Promise.reject(new Error(`the server has ended: ${errors}`))),
    ]);
    return { url: `http://127.0.0.1:${port}`, kill: () => kill(child), errors: () => errors };
  }

  /** Starts a job, and returns the path of its stream. */
  async function post(url: string, rows: number): Promise<string> {
    const response = await fetch(`${url}/exports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
    const { id } = (await response.json()) as { readonly id: string };
    expect([response.status, response.headers.get('location')]).to.deep.equal([202, `/exports/${id}`]);
    return `/exports/${id}`;
  }

  it('runs a job without a reader, and lets readers resume it and read it again after its end', async () => {
    const { url, errors } = await start();
    const path = await post(url, 20);
    const first = await openStream(url + path);
    const cut = await first.until(/"row":3\}\n\n/);
    first.close();
    const headers = { 'last-event-id': lastId(cut) };
    const rest = await (await openStream(url + path, { headers })).ended();
    expect([...rowsIn(cut), ...rowsIn(rest)]).to.deep.equal(rowsTo(20));
    expect(rest).to.match(completedEnd);
    const again = await (await openStream(url + path)).ended();
    expect(again).to.include('data: {"rows":20}');
    expect(rowsIn(again)).to.deep.equal(rowsTo(20));
    const ended = await openStream(url + path, { headers: { 'last-event-id': lastId(again) } });
    expect([ended.status, errors()]).to.deep.equal([204, '']);
  });

  it('answers an unknown id with a 404, and a job whose number of rows is none with a 400', async () => {
    const { url } = await start();
    for (const id of ['0f6c1f2e-0000-4000-8000-000000000000', 'x', 'x'.repeat(3000)]) {
      expect((await openStream(`${url}/exports/${id}`)).status, id).to.equal(404);
    }
    expect((await fetch(`${url}/exports`, { method: 'POST' })).status).to.equal(400);
  });

  it('ends the job of a process that was killed as failed, after what was stored, for each reader', async () => {
    const before = await start();
    const [path, finished] = [await post(before.url, 10_000), await post(before.url, 1)];
    const seen = await (await openStream(before.url + path)).until(/"row":5\}\n\n/);
    await (await openStream(before.url + finished)).ended();
    await before.kill();

    const after = await start();
    const whole = await (await openStream(after.url + path)).ended();
    expect(whole).to.match(failedEnd);
    expect(rowsIn(whole))
      .to.deep.equal(rowsTo(rowsIn(whole).length))
      .and.to.include(5);
    const rest = await (await openStream(after.url + path, { headers: { 'last-event-id': lastId(seen) } })).ended();
    expect([...rowsIn(seen), ...rowsIn(rest)]).to.deep.equal(rowsIn(whole));
    expect(rest).to.match(failedEnd);
    expect(await (await openStream(after.url + finished)).ended()).to.match(completedEnd);
    expect(after.errors()).to.match(/the process of this job has ended/);
    await after.kill();

    // The end is stored: the work is not started again.
    const last = await start();
    expect(await (await openStream(last.url + path)).ended()).to.equal(whole);
    expect(last.errors()).to.equal('');
  });

  it('serves a job to the readers of another process, and ends it there when its process is killed', async () => {
    const [one, two] = [await start(), await start()];
    const path = await post(one.url, 10_000);
    const reader = await openStream(two.url + path);
    const seen = await reader.until(/"row":5\}\n\n/);
    expect(rowsIn(seen).slice(0, 5)).to.deep.equal(rowsTo(5));
    await one.kill();
    const whole = await reader.ended();
    expect(whole).to.match(failedEnd);
    expect(rowsIn(whole)).to.deep.equal(rowsTo(rowsIn(whole).length));
  });

  it('continues a job after the last row that is stored, where its source does', async () => {
    const before = await start(continuingCode());
    const path = await post(before.url, 20);
    await (await openStream(before.url + path)).until(/"row":5\}\n\n/);
    await before.kill();
    const after = await start(continuingCode());
    const whole = await (await openStream(after.url + path)).ended();
    expect(rowsIn(whole)).to.deep.equal(rowsTo(20));
    expect(whole).to.match(completedEnd);
  });
});
