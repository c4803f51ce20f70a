import { expect } from 'chai';
import * as t from 'io-ts';
import { open } from 'lmdb';
import { firstValueFrom } from 'rxjs';
import { events, feeds, sse } from '../../../lib/index.ts';
import { covers } from '../../../lib/testing/logCases/CheckedLog.ts';
import { listen } from '../../support/listen.ts';
import { openStream, readWire } from '../../support/openStream.ts';
import { append, dataOf, read, samples, tagOf } from '../calls.ts';
import { freshFolder } from './folder.ts';
import { appendInOneTurn } from './startAppender.ts';

const Ticks = events({ Tick: t.string });
const isPosition = /id: (\S+)\nevent: rxsse\.position\n/;

describe('an lmdbLog that was never written to', () => {
  const folder = freshFolder();
  const otherFolder = freshFolder();

  async function keysInFile(): Promise<number> {
    const table = open<Uint8Array, Uint8Array>({ path: folder.path, encoding: 'binary', keyEncoding: 'binary' });
    try {
      return [...table.getKeys()].length;
    } finally {
      await table.close();
    }
  }

  /** A route of a family of feeds; `rooms.close()` closes their logs, and the next use opens others. */
  function served() {
    const rooms = feeds(Ticks, { feed: (name) => ({ log: folder.open({ name }) }) });
    const route = sse({ query: { room: t.string } }, ({ query }) => rooms.get(query.room));
    return { rooms, route };
  }

  it('leaves no key in the file, however many unknown names are read', async () => {
    const { rooms, route } = served();
    await listen(route, async (url) => {
      for (let n = 0; n < 200; n++) await readWire(`${url}/?room=unknown${n}`, isPosition);
    });
    expect([rooms.size, await keysInFile()]).to.deep.equal([200, 0]);
    await rooms.get('unknown0').publish(Ticks.Tick('1'));
    // The entry, the state of the log and the last changes of the file.
    expect(await keysInFile()).to.equal(3);
    rooms.close();
  });

  it('leaves no key for an append that is rejected, and stores an end', async () => {
    const log = folder.open();
    await read(log);
    expect((await firstValueFrom(log.end('completed'))).ended).to.equal('completed');
    expect(await keysInFile()).to.equal(2);
    expect(await tagOf(append(log, samples(1)))).to.equal('ClosedError');
    log.close();
    expect((await read(folder.open())).ended).to.equal('completed');
  });

  it('sends its first entry, without a gap, to the readers that connected before', async () => {
    const { rooms, route } = served();
    await listen(route, async (url) => {
      const readers = [await openStream(`${url}/?room=log`), await openStream(`${url}/?room=log`)];
      for (const reader of readers) await reader.until(isPosition);
      await rooms.get('log').publish([Ticks.Tick('first'), Ticks.Tick('second')]);
      for (const reader of readers) {
        expect(await reader.until(/second/))
          .to.match(/first/)
          .and.not.to.contain('rxsse.gap');
      }
    });
    rooms.close();
  });

  it('sends the first entry to those readers when another process appends it, also after they reconnect', async () => {
    const { rooms, route } = served();
    await listen(route, async (url) => {
      const reader = await openStream(`${url}/?room=log`);
      const [, first = ''] = isPosition.exec(await reader.until(isPosition)) ?? [];
      appendInOneTurn(folder.path, 'a', 2);
      expect(await reader.until(/a 2\n/))
        .to.match(/a 1\n/)
        .and.not.to.contain('rxsse.gap');

      // The feed may have been removed meanwhile, and its log opened again.
      for (const again of [() => {}, () => rooms.close()]) {
        again();
        const headers = { 'Last-Event-ID': first };
        const resumed = await openStream(`${url}/?room=log`, { headers });
        expect(await resumed.until(/a 2\n/))
          .to.match(/a 1\n/)
          .and.not.to.contain('rxsse.gap');
        expect(resumed.headers['rxsse-resume']).to.equal('exact');
      }
    });
    rooms.close();
  });

  it('sends the first entry to a reader that reconnects before it is appended', async () => {
    const { rooms, route } = served();
    await listen(route, async (url) => {
      const [, first = ''] = isPosition.exec(await readWire(`${url}/?room=a`, isPosition)) ?? [];
      rooms.close();
      const again = await openStream(`${url}/?room=a`, { headers: { 'Last-Event-ID': first } });
      await again.until(isPosition);
      await rooms.get('a').publish(Ticks.Tick('first'));
      expect(await again.until(/first/)).not.to.contain('rxsse.gap');
      // The cursor of one log is no position of another one.
      const other = await readWire(`${url}/?room=b&lastEventId=${first}`, /rxsse\.gap/);
      expect(other).to.contain('"reason":"epoch"');
    });
    rooms.close();
  });

  it('has one epoch for all processes, and another one after its first write, for any boot id', async () => {
    const [one, other] = [folder.open({}, { boot: 'minute 7' }), folder.open({}, { boot: 'minute 8' })];
    const { epoch } = await read(one);
    expect((await read(other)).epoch).to.equal(epoch);
    const appended = await append(other, samples(1));
    expect(appended.epoch).not.to.equal(epoch);
    const page = await read(one);
    expect([page.epoch, page.past, dataOf(page)]).to.deep.equal([appended.epoch, [{ epoch, last: 0 }], ['1']]);
  });

  it('has an epoch of its own in each file, once it has an entry', async () => {
    const [one, other] = [folder.open(), otherFolder.open()];
    expect((await read(one)).epoch).to.equal((await read(other)).epoch);
    const { epoch } = await append(other, samples(3));
    await append(one, samples(3));
    expect(covers(await read(one), epoch, 1)).to.equal(false);
  });
});
