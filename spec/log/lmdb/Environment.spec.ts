import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { Environment } from '../../../lib/log/lmdb/Environment.ts';
import { hashOf } from '../../../lib/log/lmdb/layout.ts';
import { openTable } from '../../../lib/log/lmdb/openTable.ts';
import { QueuedWrite } from '../../../lib/log/lmdb/QueuedWrite.ts';
import { tagOf } from '../calls.ts';
import { freshFolder } from './folder.ts';

describe('an lmdb environment', () => {
  const folder = freshFolder();
  const log = hashOf('log');
  const [one, two] = [Uint8Array.of(101), Uint8Array.of(102)];

  async function open(use: (environment: Environment) => Promise<void>): Promise<void> {
    let closed: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const environment = new Environment(folder.path, closed, openTable(folder.path, 126));
    environment.hold();
    try {
      await use(environment);
    } finally {
      environment.release();
      await over;
    }
  }

  it('rolls a whole transaction back when one of its writes throws, and continues', () =>
    open(async (environment) => {
      const puts = new QueuedWrite(log, 'visible', (table) => {
        table.put(one, one);
        return E.right('put');
      });
      const throws = new QueuedWrite<string>(log, 'visible', (table) => {
        table.put(two, two);
        throw new Error('in the middle');
      });
      const both = [puts, throws].map((write) => tagOf(firstValueFrom(environment.write(write))));
      expect(await Promise.all(both)).to.deep.equal(['StorageError', 'StorageError']);
      expect(environment.snapshot((table) => [...table.getKeys()])).to.deep.equal([]);

      const again = new QueuedWrite(log, 'flushed', (table) => {
        table.put(two, two);
        return E.right('put');
      });
      expect(await firstValueFrom(environment.write(again))).to.equal('put');
      expect(environment.snapshot((table) => [...(table.get(two) ?? [])])).to.deep.equal([...two]);
    }));

  it('reports a rejected write to its caller, and stores the others', () =>
    open(async (environment) => {
      const refused = () => new QueuedWrite<string>(log, 'visible', () => E.left(new RangeError('no')));
      const puts = new QueuedWrite(log, 'visible', (table) => {
        table.put(one, one);
        return E.right('put');
      });
      expect(await tagOf(firstValueFrom(environment.write(refused())))).to.equal('RangeError');
      const both = [refused(), puts].map((write) => tagOf(firstValueFrom(environment.write(write))));
      expect(await Promise.all(both)).to.deep.equal(['RangeError', { value: 'put' }]);
    }));
});
