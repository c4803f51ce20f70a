import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as t from 'io-ts';
import { type EventLog, events, feed, sse } from '../../../lib/index.ts';
import { fetchOf } from '../../../lib/testing/index.ts';
import { append, dataOf, read, samples, tagOf } from '../calls.ts';
import { freshFolder } from './folder.ts';

/** A process that opens the folder with one reader slot, and holds it until its input ends. */
const holder = `
  import { createRequire } from 'node:module';
  const { open } = createRequire(process.argv[2])('lmdb');
  const [, , , path, maxReaders] = process.argv;
  const table = open({ path, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', maxReaders: Number(maxReaders) });
  table.get(Buffer.from('x'), { transaction: table.useReadTransaction() });
  console.log('held');
  process.stdin.on('end', () => process.exit()).resume();
`;

async function holdSlot(path: string, maxReaders: number): Promise<ChildProcess> {
  const here = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, '-', here, path, String(maxReaders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

async function release(child: ChildProcess): Promise<void> {
  const exited = once(child, 'close');
  child.stdin?.end();
  await exited;
}

describe('lmdbLog when other processes use all reader slots', () => {
  const folder = freshFolder();
  const Ticks = events({ Tick: t.number });

  it('stores what is published, answers readers with a retry, and serves them when a slot is free', async () => {
    const child = await holdSlot(folder.path, 1);
    const errors: string[] = [];
    const log: EventLog = folder.open();
    const ticks = feed(Ticks, { log, onError: (error) => errors.push(String(error)) });
    const reports: unknown[] = [];
    const route = sse({ resume: { from: 'oldest' }, onError: (error) => void reports.push(error) }, ticks);
    expect(await ticks.publish(Ticks.Tick(1))).to.match(/\.1$/);
    expect(await tagOf(read(log))).to.equal('StorageError');

    const fetch = fetchOf(route);
    const [browser, client] = await Promise.all([fetch('/'), fetch('/', { headers: { 'rxsse-client': '1' } })]);
    expect([browser.status, await browser.text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 200 && /^retry: \d+\n\n$/.test(text),
    );
    expect([client.status, Number(client.headers.get('retry-after')) >= 5]).to.deep.equal([503, true]);
    expect(errors.length).to.be.above(0);
    for (const error of errors) expect(error).to.include('MDB_READERS_FULL');

    await release(child);
    expect(dataOf(await read(log))).to.deep.equal(['1']);
  });

  it('has the number of slots of the option maxReaders', async () => {
    const log = folder.open({ maxReaders: 2 });
    await append(log, samples(1));
    // This process uses one slot and the first of the others another, so the second of the others gets none.
    const child = await holdSlot(folder.path, 126);
    const second = spawn(
      process.execPath,
      ['--input-type=module', '-e', holder, '-', fileURLToPath(import.meta.url), folder.path, '126'],
      { stdio: ['pipe', 'ignore', 'pipe'] },
    );
    await read(log);
    let text = '';
    second.stderr.on('data', (bytes) => {
      text += bytes;
    });
    await once(second, 'close');
    await release(child);
    expect(text).to.include('MDB_READERS_FULL');
  });

  for (const maxReaders of [0, 1.5, Infinity, Number.NaN]) {
    it(`rejects maxReaders: ${maxReaders}`, () => {
      expect(() => folder.open({ maxReaders })).to.throw(RangeError, 'lmdbLog: maxReaders');
    });
  }
});
