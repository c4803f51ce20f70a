import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { append, dataOf, read, samples } from '../calls.ts';
import { freshFolder } from './folder.ts';

const filler = fileURLToPath(new URL('filler.ts', import.meta.url));

describe('lmdbLog on a full disk', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  it('rejects with a StorageError, retains acknowledged entries, and stores again when there is space', async () => {
    const inner = 'ulimit -f 8192; exec "$0" --import tsx "$1" "$2"';
    const { stdout, status } = spawnSync('sh', ['-c', inner, process.execPath, filler, folder.path], {
      encoding: 'utf8',
    });
    const printed = stdout.split('\n');
    const failed = printed.filter((line) => line.startsWith('failed'));
    expect(failed).to.deep.equal(['failed StorageError', 'failed StorageError']);
    const acknowledged = printed.flatMap((line) => {
      const [, first, last, length] = /^acknowledged (\d+) (\d+) (\d+)$/.exec(line) ?? [];
      return first === undefined ? [] : [{ first: Number(first), last: Number(last), length: Number(length) }];
    });
    // Small entries before and after one that was too large, then large entries until the disk was full.
    expect(acknowledged.length).to.be.above(10);
    expect(acknowledged.slice(0, 4)).to.deep.equal([
      { first: 1, last: 2, length: 5 },
      { first: 3, last: 3, length: 5 },
      { first: 4, last: 5, length: 5 },
      { first: 6, last: 6, length: 5 },
    ]);
    const last = acknowledged.at(-1)?.last;
    expect(printed).to.include(`tail ${last}`);
    expect(status).to.equal(0);

    const log = folder.open({ maxEntries: Infinity, maxBytes: Infinity });
    const page = await read(log);
    expect(page.tail).to.equal(last);
    expect(dataOf(page).map(({ length }) => length)).to.deep.equal(
      acknowledged.flatMap(({ first, last, length }) => Array.from({ length: last - first + 1 }, () => length)),
    );
    expect((await append(log, samples(1))).first).to.equal(page.tail + 1);
  });
});
