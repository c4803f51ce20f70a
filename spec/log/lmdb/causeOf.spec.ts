import { expect } from 'chai';
import { StorageError } from '../../../lib/error/StorageError.ts';
import { causeOf } from '../../../lib/log/lmdb/causeOf.ts';

describe('the cause of a failed commit', () => {
  const full = Object.assign(new Error('No space left on device'), { code: 28 });
  const failed = (commitError: unknown) => Object.assign(new Error('Commit failed'), { commitError });

  it('is what the promise in the error says', async () => {
    expect(await causeOf(failed(Promise.reject(full)))).to.equal(full);
  });

  it('is the error itself where there is no such promise, or it is not kept', async () => {
    const forgotten = failed(new Promise(() => {}));
    expect(await causeOf(forgotten)).to.equal(forgotten);
    expect(await causeOf(full)).to.equal(full);
    expect(await causeOf('full')).to.equal('full');
  });

  it('stands in the message, with what to do, and its number beside it', () => {
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
