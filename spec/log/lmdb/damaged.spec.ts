import { expect } from 'chai';
import { open as openLmdb } from 'lmdb';
import { asyncScheduler, concat, defer } from 'rxjs';
import {
  bytesOf,
  changesKey,
  entryKey,
  hashOf,
  jsonOf,
  rememberedKey,
  stateKey,
} from '../../../lib/log/lmdb/layout.ts';
import { marbles } from '../../../lib/testing/marbles.ts';
import { append, read, samples } from '../calls.ts';
import { freshFolder } from './folder.ts';

type Table = ReturnType<typeof openLmdb<Uint8Array, Uint8Array>>;

const log = hashOf('log');
const put = (key: Uint8Array, value: Uint8Array) => (table: Table) => table.putSync(key, value);
const change = (fields: object) => (table: Table) => {
  const state = jsonOf(table.get(stateKey(log))) as object;
  table.putSync(stateKey(log), bytesOf({ ...state, ...fields }));
};

/** Writes to the file what another process might, by a name. */
const damages: Readonly<Record<string, (table: Table) => unknown>> = {
  'a state that is no JSON': put(stateKey(log), Buffer.from('x')),
  'an empty state': put(stateKey(log), Buffer.alloc(0)),
  'a state that is null': put(stateKey(log), Buffer.from('null')),
  'another format': change({ format: 2 }),
  'a tail without entries': change({ tail: 1e15 }),
  'a negative tail': change({ tail: -1 }),
  'a tail that is text': change({ tail: 'x' }),
  'a negative floor': change({ floor: -5 }),
  'a floor above the tail': change({ floor: 1e15 }),
  'no past': change({ past: null }),
  'no keys': change({ keys: undefined }),
  'keys without end': change({ keys: { first: -1e9, next: 1e9 } }),
  'a missing entry': (table) => table.removeSync(entryKey(log, 2)),
  'an empty entry': put(entryKey(log, 2), Buffer.alloc(0)),
  'an entry of two frames': put(entryKey(log, 2), Buffer.from('123456data: 1\n\ndata: 2\n\n')),
  'an entry without a blank line': put(entryKey(log, 2), Buffer.from('123456data: 1\n')),
  'an entry of other bytes': put(entryKey(log, 2), Buffer.alloc(300, 0xff)),
  'empty changes': put(changesKey, Buffer.alloc(0)),
  'changes that cannot be counted on': put(changesKey, Buffer.alloc(6, 0xff)),
  'a key that is no JSON': put(rememberedKey(log, 'key'), Buffer.from('x')),
};

async function damaged(path: string, damage: (table: Table) => unknown): Promise<void> {
  const options = { path, noSubdir: false, encoding: 'binary', keyEncoding: 'binary' } as const;
  const table = openLmdb<Uint8Array, Uint8Array>(options);
  damage(table);
  await table.close();
}

describe('a log whose file was damaged by another process', () => {
  const folder = freshFolder();

  for (const [what, damage] of Object.entries(damages)) {
    it(`answers each operation with a result or an error that has a tag, for ${what}`, async () => {
      const before = folder.open();
      await append(before, samples(3), { key: 'key' });
      before.close();
      await damaged(folder.path, damage);

      const after = folder.open();
      const operations = [
        () => read(after),
        () => read(after, 2),
        () => append(after, samples(1)),
        () => append(after, samples(3), { key: 'key' }),
        () => read(after),
      ];
      for (const operate of operations) {
        const failure = await operate().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined) expect(failure).to.have.property('_tag', 'StorageError');
      }
    });
  }

  it('is read again after 5 s when the count of its changes went back, and at once from then on', async () => {
    const log = folder.open();
    await append(log, samples(3));
    await damaged(folder.path, put(changesKey, Buffer.alloc(6)));
    const times: number[] = [];
    marbles(
      ({ flush }) => {
        const started = asyncScheduler.now();
        concat(
          log.read(0, 1000),
          defer(() => log.read(0, 1000)),
        ).subscribe(({ tail }) => {
          expect(tail).to.equal(3);
          times.push(asyncScheduler.now() - started);
        });
        flush();
      },
      { until: '10s' },
    )();
    expect(times).to.deep.equal([5000, 5000]);
  });
});
