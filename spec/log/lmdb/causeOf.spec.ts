import { expect } from 'chai';
import { StorageError } from '../../../lib/error/StorageError.ts';
import { causeOf } from '../../../lib/log/lmdb/causeOf.ts';

describe('causeOf', () => {
  const full = Object.assign(new Error('No space left on device'), { code: 28 });
  const failed = (commitError: unknown) => Object.assign(new Error('Commit failed'), { commitError });

  it('resolves to the rejection of the promise in the error of a commit', async () => {
    expect(await causeOf(failed(Promise.reject(full)))).to.equal(full);
  });

  it('resolves to the error itself when it has no such promise, or the promise stays pending', async () => {
    const pending = failed(new Promise(() => {}));
    expect(await causeOf(pending)).to.equal(pending);
    expect(await causeOf(full)).to.equal(full);
    expect(await causeOf('full')).to.equal('full');
  });

  it('is shown in the message of a StorageError with what to do, and its number is the code', () => {
    const error = new StorageError('append to the log', full);
    expect(error.message).to.equal(
      'could not append to the log: No space left on device. ' +
        'Nothing acknowledged is lost; if the disk is full, make room and try again',
    );
    expect([error.code, error.cause]).to.deep.equal([28, full]);
    expect(new StorageError('append to the log', 'odd').code).to.equal(undefined);
    expect(new StorageError('append to the log', 'no table', 'create it').message).to.equal(
      'could not append to the log: no table. Nothing acknowledged is lost; create it',
    );
  });
});
