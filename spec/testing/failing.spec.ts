import { expect } from 'chai';
import { firstValueFrom, timeout } from 'rxjs';
import { memoryLog } from '../../lib/index.ts';
import { StorageError } from '../../lib/log/lmdb/index.ts';
import { failing } from '../../lib/testing/failing.ts';
import { logSuite } from '../../lib/testing/logSuite.ts';

const tick = { event: 'tick', data: '1', retry: undefined };

/** Resolves to the result of a call, or to 'failed' or 'silent'. */
const outcome = async (call: ReturnType<ReturnType<typeof memoryLog>['read']>): Promise<number | string> => {
  try {
    return (await firstValueFrom(call.pipe(timeout(5)))).tail;
  } catch (error) {
    return error instanceof StorageError ? 'failed' : 'silent';
  }
};

describe('failing', () => {
  it('fails, is silent and succeeds by its script, and succeeds after it', async () => {
    const log = failing(memoryLog(), { read: '- # _ ! -' });
    const outcomes: unknown[] = [];
    for (let i = 0; i < 6; i++) outcomes.push(await outcome(log.read(0, 1024)));
    expect(outcomes).to.deep.equal([0, 'failed', 'silent', 'failed', 0, 0]);
  });

  it('stores nothing for #, and stores for ! although it fails', async () => {
    const memory = memoryLog();
    const log = failing(memory, { append: '#!' });
    const stored: number[] = [];
    for (let i = 0; i < 3; i++) {
      await firstValueFrom(log.append([tick])).catch((error: unknown) => expect(error).to.be.instanceOf(StorageError));
      stored.push((await firstValueFrom(memory.read(0, 1024))).tail);
    }
    expect(stored).to.deep.equal([0, 1, 2]);
  });

  it('runs an append without a subscriber', async () => {
    const memory = memoryLog();
    failing(memory, { append: '!' }).append([tick]);
    expect((await firstValueFrom(memory.read(0, 1024))).tail).to.equal(1);
  });

  it('ends a log or fails to end it, by its script', async () => {
    const memory = memoryLog();
    const log = failing(memory, { end: '#' });
    await firstValueFrom(log.end('completed')).catch(() => {});
    expect((await firstValueFrom(memory.read(0, 1024))).ended).to.equal(false);
    await firstValueFrom(log.end('completed'));
    expect((await firstValueFrom(memory.read(0, 1024))).ended).to.equal('completed');
  });

  it('lists the calls of the script', async () => {
    const error = await firstValueFrom(failing(memoryLog(), { read: '-#' }).read(0, 0))
      .then(() => firstValueFrom(failing(memoryLog(), { read: '#' }).read(0, 0)))
      .catch((thrown: Error) => thrown);
    expect((error as Error).message).to.contain('could not read (call 1 of a failing log): as scripted');
  });

  it('throws for an unknown letter', () => {
    expect(() => failing(memoryLog(), { append: '-x' })).to.throw(
      TypeError,
      'failing: append may have the letters - # ! _, got "x"',
    );
  });
});

logSuite('a failing log whose script is empty', ({ entries }) => {
  const log = failing(memoryLog({ maxEntries: entries }), {});
  return { log, close: () => log.close() };
});
