import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { marbles } from '../../../lib/testing/marbles.ts';
import { append, read, samples, tagOf } from '../calls.ts';
import { freshFolder } from './folder.ts';

describe('the wakes of lmdbLog', () => {
  const folder = freshFolder();

  it('emit after each commit of this log, and after the end', async () => {
    const [log, twin, other] = [folder.open({ name: 'a' }), folder.open({ name: 'a' }), folder.open({ name: 'b' })];
    await read(log);
    // A set, since a poll in the moment of a commit notifies of it once more.
    const woken = new Set<string>();
    log.wakes.subscribe(() => woken.add('log'));
    twin.wakes.subscribe(() => woken.add('twin'));
    other.wakes.subscribe(() => woken.add('other'));
    await append(log, samples(2));
    expect([...woken]).to.deep.equal(['log', 'twin']);
    woken.clear();
    await firstValueFrom(twin.end('completed'));
    expect([...woken]).to.deep.equal(['log', 'twin']);
    woken.clear();
    // Both are in one transaction.
    await Promise.all([append(other, samples(1)), tagOf(append(log, samples(1)))]);
    expect([...woken]).to.deep.equal(['other']);
  });

  it('emit for each log that one transaction changed', async () => {
    const logs = ['a', 'b', 'c'].map((name) => folder.open({ name }));
    const woken = new Set<number>();
    for (const [index, log] of logs.entries()) log.wakes.subscribe(() => woken.add(index));
    await Promise.all(logs.map((log) => append(log, samples(1))));
    expect([...woken]).to.deep.equal([0, 1, 2]);
  });

  it('emit when the entry can be read', async () => {
    const log = folder.open();
    await read(log);
    const tails: number[] = [];
    log.wakes.subscribe(() => log.read(0, 1).subscribe(({ tail }) => tails.push(tail)));
    for (let n = 1; n <= 20; n++) await append(log, samples(1));
    expect(tails).to.include(20);
  });

  it('poll until the last subscriber unsubscribes', () => {
    const log = folder.open();
    marbles(({ expectObservable }) => {
      expectObservable(log.wakes, '^ 99ms !').toBe('-');
      expectObservable(log.wakes, '10ms ^ 30ms !').toBe('-');
    })();
    const subscribed = marbles(({ expectObservable }) => {
      expectObservable(log.wakes, '^ 99ms !').toBe('-');
      expectObservable(log.wakes).toBe('-');
    });
    expect(subscribed).to.throw(/timer|scheduled/);
  });

  it('do not poll for reads and appends', () => {
    const log = folder.open();
    marbles(() => {
      append(log, samples(1));
      log.read(0, 1).subscribe();
    })();
  });

  it('complete when the log is closed', () => {
    const log = folder.open();
    marbles(({ expectObservable, cold }) => {
      cold('50ms x').subscribe(() => log.close());
      expectObservable(log.wakes).toBe('50ms |');
    })();
  });
});
