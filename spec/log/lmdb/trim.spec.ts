import { expect } from 'chai';
import { open } from 'lmdb';
import { append, dataOf, read, samples } from '../calls.ts';
import { freshFolder } from './folder.ts';

describe('the trimming of lmdbLog', () => {
  const folder = freshFolder();
  const retained = async (log: Parameters<typeof read>[0]) => {
    const { floor, tail } = await read(log, 0, 1);
    return tail - floor;
  };

  it('retains the newest maxEntries and few more, above the floor', async () => {
    const log = folder.open({ maxEntries: 10 });
    for (let n = 1; n <= 40; n++) {
      await append(log, samples(1, n));
      expect(await retained(log)).to.be.within(Math.min(n, 10), 11);
    }
    const page = await read(log);
    expect(page.after).to.equal(page.floor);
    expect(dataOf(page)).to.deep.equal(samples(40 - page.floor, page.floor + 1).map(({ data }) => data));
    log.close();
    expect((await read(folder.open())).floor).to.equal(page.floor);
  });

  it('removes the entries below the floor from the file', async () => {
    const log = folder.open({ maxEntries: 10 });
    for (let n = 1; n <= 30; n++) await append(log, samples(3));
    const table = open<Uint8Array, Uint8Array>({ path: folder.path, encoding: 'binary', keyEncoding: 'binary' });
    const entries = [...table.getKeys()].filter(([kind]) => kind === 2).length;
    await table.close();
    expect(entries).to.equal(await retained(log));
  });

  it('removes many entries in steps that are larger than the appends', async () => {
    const before = folder.open();
    await append(before, samples(5000));
    before.close();
    const log = folder.open({ maxEntries: 100 });
    const removed: number[] = [];
    for (let last = 5000; removed.length < 4; last = await retained(log)) {
      await append(log, samples(removed.length === 3 ? 200 : 1));
      removed.push(last - (await retained(log)));
    }
    expect(removed.slice(0, 3)).to.deep.equal([63, 63, 63]);
    expect(removed[3]).to.be.within(200, 210);
  });

  it('removes at most 1024 entries in one append', async () => {
    const before = folder.open();
    await append(before, samples(5000));
    before.close();
    const log = folder.open({ maxEntries: 100 });
    await append(log, samples(2000));
    expect(await retained(log)).to.equal(7000 - 1024);
  });

  it('retains maxBytes, and the newest entry of any size', async () => {
    const log = folder.open({ maxBytes: 1000, maxEntries: Infinity });
    for (let n = 1; n <= 60; n++) await append(log, samples(1, n));
    const { bytes } = await read(log);
    expect(bytes.length).to.be.within(1000, 1125);
    await append(log, [{ event: undefined, data: 'x'.repeat(5000), retry: undefined }]);
    expect(await retained(log)).to.equal(1);
    for (let n = 1; n <= 30; n++) await append(log, samples(1, n));
    expect((await read(log)).bytes.length).to.be.within(1000, 1125);
  });

  it('removes as many bytes of small entries as large ones add', async () => {
    const before = folder.open();
    await append(before, samples(2000));
    const { bytes } = await read(before);
    before.close();
    const log = folder.open({ maxBytes: bytes.length, maxEntries: Infinity });
    for (let n = 0; n < 10; n++) await append(log, [{ event: undefined, data: 'x'.repeat(10_000), retry: undefined }]);
    expect((await read(log)).bytes.length).to.be.within(bytes.length, bytes.length * 1.125);
  });

  it('removes entries older than maxAge by the wall clock, over restarts', async () => {
    let now = 1_000_000;
    const opened = () => folder.open({ maxAge: 1000 }, { now: () => now });
    const before = opened();
    for (let n = 1; n <= 3; n++) {
      await append(before, samples(1, n));
      now += 400;
    }
    before.close();
    const log = opened();
    // The first entry is 1200 ms old, the second 800 ms.
    await append(log, samples(1, 4));
    expect(dataOf(await read(log))).to.deep.equal(['2', '3', '4']);
    now += 10_000;
    await append(log, samples(1, 5));
    expect(dataOf(await read(log))).to.deep.equal(['5']);
  });
});
