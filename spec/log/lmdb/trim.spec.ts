import { expect } from 'chai';
import { open } from 'lmdb';
import { append, dataOf, freshFolder, read, samples } from './folder.ts';

describe('the trimming of lmdbLog', () => {
  const folder = freshFolder();
  const kept = async (log: Parameters<typeof read>[0]) => {
    const { floor, tail } = await read(log, 0, 1);
    return tail - floor;
  };

  it('keeps the newest entries, at least so many and few more, and the floor says which', async () => {
    const log = folder.open({ maxEntries: 10 });
    for (let n = 1; n <= 40; n++) {
      await append(log, samples(1, n));
      expect(await kept(log)).to.be.within(Math.min(n, 10), 11);
    }
    const page = await read(log);
    expect(page.after).to.equal(page.floor);
    expect(dataOf(page)).to.deep.equal(samples(40 - page.floor, page.floor + 1).map(({ data }) => data));
    log.close();
    expect((await read(folder.open())).floor).to.equal(page.floor);
  });

  it('keeps no entry in the file that is below the floor', async () => {
    const log = folder.open({ maxEntries: 10 });
    for (let n = 1; n <= 30; n++) await append(log, samples(3));
    const table = open<Uint8Array, Uint8Array>({ path: folder.path, encoding: 'binary', keyEncoding: 'binary' });
    const entries = [...table.getKeys()].filter(([kind]) => kind === 2).length;
    await table.close();
    expect(entries).to.equal(await kept(log));
  });

  it('lets go in steps when much is due, of more than is added', async () => {
    const before = folder.open();
    await append(before, samples(5000));
    before.close();
    const log = folder.open({ maxEntries: 100 });
    const gone: number[] = [];
    for (let last = 5000; gone.length < 4; last = await kept(log)) {
      await append(log, samples(gone.length === 3 ? 200 : 1));
      gone.push(last - (await kept(log)));
    }
    expect(gone.slice(0, 3)).to.deep.equal([63, 63, 63]);
    expect(gone[3]).to.be.within(200, 210);
  });

  it('never lets go of more than 1024 in one append', async () => {
    const before = folder.open();
    await append(before, samples(5000));
    before.close();
    const log = folder.open({ maxEntries: 100 });
    await append(log, samples(2000));
    expect(await kept(log)).to.equal(7000 - 1024);
  });

  it('keeps bytes within their bound, and the newest entry whatever its size', async () => {
    const log = folder.open({ maxBytes: 1000, maxEntries: Infinity });
    for (let n = 1; n <= 60; n++) await append(log, samples(1, n));
    const { bytes } = await read(log);
    expect(bytes.length).to.be.within(1000, 1125);
    await append(log, [{ event: undefined, data: 'x'.repeat(5000), retry: undefined }]);
    expect(await kept(log)).to.equal(1);
    for (let n = 1; n <= 30; n++) await append(log, samples(1, n));
    expect((await read(log)).bytes.length).to.be.within(1000, 1125);
  });

  it('lets large entries push out as many bytes of small ones', async () => {
    const before = folder.open();
    await append(before, samples(2000));
    const { bytes } = await read(before);
    before.close();
    const log = folder.open({ maxBytes: bytes.length, maxEntries: Infinity });
    for (let n = 0; n < 10; n++) await append(log, [{ event: undefined, data: 'x'.repeat(10_000), retry: undefined }]);
    expect((await read(log)).bytes.length).to.be.within(bytes.length, bytes.length * 1.125);
  });

  it('lets go of the old, by the clock on the wall, over restarts', async () => {
    let now = 1_000_000;
    const opened = () => folder.open({ maxAge: 1000 }, { now: () => now });
    const before = opened();
    for (let n = 1; n <= 3; n++) {
      await append(before, samples(1, n));
      now += 400;
    }
    before.close();
    const log = opened();
    // The first is 1200 ms old, the second 800.
    await append(log, samples(1, 4));
    expect(dataOf(await read(log))).to.deep.equal(['2', '3', '4']);
    now += 10_000;
    await append(log, samples(1, 5));
    expect(dataOf(await read(log))).to.deep.equal(['5']);
  });
});
