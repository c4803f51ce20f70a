import { expect } from 'chai';
import { cursorOf } from '../../../lib/event/cursor.ts';
import { bootId } from '../../../lib/log/lmdb/bootId.ts';
import { append, dataOf, read, samples, textOf } from '../calls.ts';
import { freshFolder, unwritten } from './folder.ts';

describe('the epochs of lmdbLog', () => {
  const folder = freshFolder();

  it('change after a reboot, and the numbering continues', async () => {
    const before = folder.open({}, { boot: 'first' });
    const { epoch: old } = await append(before, samples(3), { key: 'k' });
    before.close();

    const log = folder.open({}, { boot: 'second' });
    const page = await read(log);
    expect(page.epoch).not.to.equal(old);
    expect(page.past).to.deep.equal([unwritten(), { epoch: old, last: 3 }]);
    expect([page.floor, page.tail, dataOf(page)]).to.deep.equal([0, 3, ['1', '2', '3']]);
    expect(textOf(page))
      .to.contain(`id: ${cursorOf(page.epoch, 3)}\n`)
      .and.not.to.contain(old);
    expect(await append(log, samples(1, 4))).to.deep.equal({ epoch: page.epoch, first: 4, last: 4 });
    expect((await append(log, samples(1), { key: 'k' })).last).to.equal(3);
  });

  it('change after a reboot when an append comes before any read', async () => {
    const before = folder.open({}, { boot: 'first' });
    const { epoch: old } = await append(before, samples(1));
    before.close();

    const log = folder.open({}, { boot: 'second' });
    const appended = await append(log, samples(1, 2));
    expect([appended.epoch === old, appended.first]).to.deep.equal([false, 2]);
    expect((await read(log)).past).to.deep.equal([unwritten(), { epoch: old, last: 1 }]);
  });

  it('change once for each boot', async () => {
    await append(folder.open({}, { boot: 'first' }), samples(1));
    const epochs = [];
    for (const boot of ['second', 'second', 'third', 'third']) {
      const log = folder.open({}, { boot });
      epochs.push((await read(log)).epoch);
      log.close();
    }
    expect(new Set(epochs).size).to.equal(2);
    expect(epochs[0]).to.equal(epochs[1]);
  });

  it('change once when processes have different ids for the same boot', async () => {
    const [one, other] = [folder.open({}, { boot: 'minute 7' }), folder.open({}, { boot: 'minute 8' })];
    await append(one, samples(1));
    const epochs = [];
    for (const log of [other, one, other, one]) {
      epochs.push((await append(log, samples(1))).epoch, (await read(log)).epoch);
    }
    expect(new Set(epochs).size).to.equal(1);
    expect((await read(one)).past.length).to.equal(2);
  });

  it('are remembered up to the last eight', async () => {
    const seen: string[] = [];
    for (let boot = 1; boot <= 11; boot++) {
      const log = folder.open({}, { boot: `boot ${boot}` });
      seen.push((await append(log, samples(1))).epoch);
      log.close();
    }
    const { past } = await read(folder.open({}, { boot: 'boot 11' }));
    const expected = seen.slice(2, 10).map((epoch, index) => ({ epoch, last: index + 3 }));
    expect(past).to.deep.equal(expected);
  });

  it('have one boot id for one boot', () => {
    expect(bootId()).to.equal(bootId()).and.to.match(/\S/);
  });
});
