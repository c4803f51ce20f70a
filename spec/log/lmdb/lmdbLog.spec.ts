import { expect } from 'chai';
import { open } from 'lmdb';
import { firstValueFrom } from 'rxjs';
import { cursorOf } from '../../../lib/event/cursor.ts';
import { hashOf, stateKey } from '../../../lib/log/lmdb/layout.ts';
import { lmdbLog } from '../../../lib/log/lmdb/lmdbLog.ts';
import { append, dataOf, read, samples, tagOf, textOf } from '../calls.ts';
import { sample } from '../sample.ts';
import { freshFolder, unwritten } from './folder.ts';

describe('lmdbLog', () => {
  const folder = freshFolder();
  const raw = () => open<Uint8Array, Uint8Array>({ path: folder.path, encoding: 'binary', keyEncoding: 'binary' });

  it('retains entries, epoch, numbering, keys and the end when it is opened again', async () => {
    const first = folder.open();
    const appended = await append(first, samples(3), { key: 'k' });
    first.close();

    const second = folder.open();
    const page = await read(second);
    expect([page.epoch, page.tail, page.past, page.ended]).to.deep.equal([appended.epoch, 3, [unwritten()], false]);
    expect(dataOf(page)).to.deep.equal(['1', '2', '3']);
    expect(await append(second, samples(1), { key: 'k' })).to.deep.equal(appended);
    expect(await append(second, samples(1, 4))).to.deep.equal({ epoch: appended.epoch, first: 4, last: 4 });
    await firstValueFrom(second.end('failed'));
    second.close();

    const third = folder.open();
    expect((await read(third, 3)).ended).to.equal('failed');
    expect(await tagOf(append(third, samples(1)))).to.equal('ClosedError');
    expect(await append(third, samples(1), { key: 'k' })).to.deep.equal(appended);
  });

  it('returns blocks as they are sent', async () => {
    const log = folder.open();
    const { epoch } = await append(log, [sample('one\ntwo', 'tick', 5), { ...sample('{"ä":1}'), event: undefined }]);
    expect(textOf(await read(log))).to.equal(
      `id: ${cursorOf(epoch, 1)}\nevent: tick\nretry: 5\ndata: one\ndata: two\n\n` +
        `id: ${cursorOf(epoch, 2)}\ndata: {"ä":1}\n\n`,
    );
  });

  it('has an epoch before the first append, whose position stays exact afterwards', async () => {
    const log = folder.open();
    const before = await read(log);
    expect([before.after, before.last, before.tail, before.bytes.length]).to.deep.equal([0, 0, 0, 0]);
    await append(log, samples(1));
    expect((await read(log)).past).to.deep.equal([{ epoch: before.epoch, last: 0 }]);
  });

  it('answers a read synchronously, with a page that is a copy', async () => {
    const log = folder.open();
    await append(log, samples(2));
    const pages: Uint8Array[] = [];
    for (const _ of [1, 2]) log.read(0, 10_000).subscribe(({ bytes }) => pages.push(bytes));
    expect(pages.length).to.equal(2);
    pages[0]?.fill(0);
    expect(dataOf(await read(log))).to.deep.equal(['1', '2']);
  });

  it('returns at least one entry, and as many as fit', async () => {
    const log = folder.open();
    await append(log, samples(5));
    const whole = await read(log);
    expect((await read(log, 1, 1)).last).to.equal(2);
    expect((await read(log, 0, whole.bytes.length - 1)).last).to.equal(4);
    expect((await read(log, 0, whole.bytes.length)).last).to.equal(5);
    expect([(await read(log, 5)).last, (await read(log, 9)).after]).to.deep.equal([5, 9]);
  });

  it('holds no snapshot after a read', async () => {
    const log = folder.open();
    await append(log, samples(2));
    await read(log, 0, 1);
    const table = raw();
    // pid, thread, and the transaction that the reader holds, or a dash.
    const held = table
      .readerList()
      .split('\n')
      .filter((line) => /^\s*\d+\s+\S+\s+\d+$/.test(line));
    await table.close();
    expect(held).to.deep.equal([]);
  });

  it('commits the appends of one turn, of all logs in a folder, in one transaction', async () => {
    const logs = ['a', 'b', 'c'].map((name) => folder.open({ name }));
    await Promise.all(logs.map((log) => append(log, samples(1))));
    const table = raw();
    const transactions = () => (table.getStats() as { readonly lastTxnId: number }).lastTxnId;
    const before = transactions();
    const appended = await Promise.all(logs.flatMap((log) => [2, 3, 4].map((n) => append(log, samples(1, n)))));
    expect(transactions() - before).to.equal(1);
    expect(appended.map(({ last }) => last)).to.deep.equal([2, 3, 4, 2, 3, 4, 2, 3, 4]);
    await table.close();
  });

  it('distinguishes logs by their names, which may be any strings', async () => {
    const names = ['a', 'b', '', 'ä\n', 'x'.repeat(5000)];
    const logs = names.map((name) => folder.open({ name }));
    await Promise.all(logs.map((log, n) => append(log, [sample(`of ${n}`)])));
    for (const [n, log] of logs.entries()) expect(dataOf(await read(log))).to.deep.equal([`of ${n}`]);
  });

  it('remembers the newest maxKeys keys', async () => {
    const log = folder.open({ maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) await append(log, samples(1), { key });
    expect((await append(log, samples(1), { key: 'c' })).last).to.equal(3);
    expect((await append(log, samples(1), { key: 'b' })).last).to.equal(2);
    expect((await append(log, samples(1), { key: 'a' })).last).to.equal(4);
  });

  it("acknowledges appends and the end with durability: 'flushed'", async () => {
    const log = folder.open({ durability: 'flushed' });
    expect((await append(log, samples(2))).last).to.equal(2);
    expect((await firstValueFrom(log.end('completed'))).ended).to.equal('completed');
    expect((await firstValueFrom(log.end('failed'))).ended).to.equal('completed');
  });

  it('acknowledges a visible append before a flushed one of the same transaction', async () => {
    const [flushed, visible] = [folder.open({ name: 'f', durability: 'flushed' }), folder.open({ name: 'v' })];
    const order: string[] = [];
    await Promise.all([
      append(flushed, samples(1)).then(() => order.push('flushed')),
      append(visible, samples(1)).then(() => order.push('visible')),
    ]);
    expect(order).to.deep.equal(['visible', 'flushed']);
  });

  it('completes the operations before it is closed, and rejects later ones', async () => {
    const log = folder.open();
    const page = read(log);
    const appended = append(log, samples(3));
    let woken: unknown = 'not complete';
    log.wakes.subscribe({ complete: () => (woken = 'complete') });
    log.close();
    log.close();
    expect((await appended).last).to.equal(3);
    expect((await page).tail).to.equal(0);
    expect(woken).to.equal('complete');
    for (const late of [append(log, samples(1)), read(log), firstValueFrom(log.end('completed'))]) {
      expect(await tagOf(late)).to.equal('ClosedError');
    }
    log.wakes.subscribe({ complete: () => (woken = 'complete again') });
    expect(woken).to.equal('complete again');
  });

  it('closes the folder with its last log, and opens it again while it is being closed', async () => {
    const [one, two] = [folder.open({ name: 'one' }), folder.open({ name: 'two' })];
    await append(one, samples(1));
    one.close();
    expect((await append(two, samples(1))).last).to.equal(1);
    for (let n = 2; n < 12; n++) {
      const log = folder.open({ name: 'one' });
      const appended = append(log, samples(1, n));
      log.close();
      if (n === 5) two.close();
      expect((await appended).last).to.equal(n);
    }
    const again = folder.open({ name: 'one' });
    expect((await read(again)).tail).to.equal(11);
  });

  it('rejects a log of another format, and serves the other logs', async () => {
    const [theirs, ours] = [folder.open({ name: 'theirs' }), folder.open({ name: 'ours' })];
    const table = raw();
    await table.put(stateKey(hashOf('theirs')), Buffer.from('{"format":2}'));
    await table.close();
    const both = [append(theirs, samples(1)), append(ours, samples(1))];
    expect(await Promise.all(both.map(tagOf))).to.include('StorageError');
    expect((await read(ours)).tail).to.equal(1);
    expect(await tagOf(read(theirs))).to.equal('StorageError');
  });

  it('rejects a read at an entry that is missing in the file', async () => {
    const log = folder.open();
    await append(log, samples(3));
    const table = raw();
    for (const key of table.getKeys()) if (key[0] === 2 && key.at(-1) === 2) await table.remove(Uint8Array.from(key));
    await table.close();
    expect(dataOf(await read(log))).to.deep.equal(['1']);
    expect(await tagOf(read(log, 1))).to.equal('StorageError');
    expect(dataOf(await read(log, 2))).to.deep.equal(['3']);
  });

  it('throws for a path that cannot be a folder and for a bound out of range', () => {
    expect(() => lmdbLog({ path: '/dev/null/no' }))
      .to.throw()
      .with.property('name', 'StorageError');
    const path = folder.path;
    for (const wrong of [
      { maxEntries: 0 },
      { maxBytes: 0.5 },
      { maxAge: 0 },
      { maxKeys: -1 },
      { maxEntries: Number.NaN },
    ]) {
      expect(() => lmdbLog({ path, ...wrong })).to.throw(RangeError, `lmdbLog: ${Object.keys(wrong)}`);
    }
  });

  it('reads 25,000 entries page by page', async () => {
    const log = folder.open({ maxEntries: Infinity, maxBytes: Infinity });
    for (let n = 0; n < 25; n++) await append(log, samples(1000, n * 1000 + 1));
    const found: string[] = [];
    for (let after = 0, tail = 1; after < tail; ) {
      const page = await read(log, after, 64 * 1024);
      expect(page.bytes.length).to.be.within(1, 64 * 1024);
      found.push(...dataOf(page));
      ({ last: after, tail } = page);
    }
    expect(found).to.deep.equal(samples(25_000).map(({ data }) => data));
  });

  it('accepts the least value of each bound', () => {
    for (const bound of [{ maxEntries: 1 }, { maxBytes: 1 }, { maxAge: 1e-9 }, { maxKeys: 0 }]) {
      expect(() => folder.open(bound)).to.not.throw();
    }
    for (const bound of [{ maxEntries: 0.5 }, { maxBytes: 0.5 }, { maxAge: 0 }, { maxKeys: -0.5 }]) {
      expect(() => folder.open(bound)).to.throw(RangeError, `lmdbLog: ${Object.keys(bound)[0]} must be`);
    }
  });
});
