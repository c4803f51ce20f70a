import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom, take, toArray } from 'rxjs';
import { events } from '../../../lib/event/events.ts';
import { isGap } from '../../../lib/event/Gap.ts';
import { feed } from '../../../lib/feed/feed.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { useDatabase } from './database.ts';

const { Numbered } = events({ Numbered: { n: t.number } });
const Numbers = events({ Numbered });

describe('postgresLog', () => {
  const database = useDatabase();
  const floorOf = async (log: Parameters<typeof read>[0]) => (await read(log, 0, 0)).floor;

  /** Makes all entries of the log an hour older. */
  const age = () =>
    database.pool.query(
      `with log as (update rxsse.logs set since = since - interval '1 hour' where name = $1 returning id)
       update rxsse.entries set time = time - interval '1 hour' from log where log = id`,
      [database.name],
    );

  it('removes the oldest entries in steps, never more than 1024 at once, and counts from the stored floor', async () => {
    await append(database.open({ maxEntries: Infinity }), samples(3000));
    const log = database.open({ maxEntries: 80 });
    const floors: number[] = [];
    for (let n = 0; n < 4; n++) {
      await append(log, samples(1, 3001 + n));
      floors.push(await floorOf(log));
    }
    expect(floors).to.deep.equal([1024, 2048, 2923, 2923]);
    for (let n = 0; n < 10; n++) await append(log, samples(1, 3005 + n));
    expect(await floorOf(log)).to.equal(2933);
    expect(dataOf(await read(log))[0]).to.equal('2934');
  });

  it('retains at least maxBytes as they are sent, and the newest entry of any size', async () => {
    const log = database.open({ maxBytes: 1000 });
    for (let n = 1; n <= 100; n++) await append(log, samples(1, n));
    const { bytes } = await read(log);
    expect(bytes.length).to.be.within(1000, 1125 + 40);
    await append(log, [{ event: undefined, data: 'x'.repeat(5000), retry: undefined }]);
    expect((await read(log)).floor).to.equal(100);
  });

  it('removes entries older than maxAge with the next append', async () => {
    const log = database.open({ maxAge: 60_000 });
    await append(log, samples(3));
    await age();
    await append(log, samples(1, 4));
    expect(await floorOf(log)).to.equal(3);
  });

  it('removes entries older than maxAge from a log that no process has open, while another log has an age', async () => {
    const log = database.open({ maxAge: 60_000 });
    await append(log, samples(3));
    await age();
    log.close();
    const reader = database.open();
    expect(await floorOf(reader)).to.equal(0);
    database.open({ pool: database.otherPool(), name: `${database.name} with an age`, maxAge: 3_600_000 });
    for (let attempt = 0; attempt < 5000 && (await floorOf(reader)) < 3; attempt++);
    const { floor, tail } = await read(reader);
    expect([floor, tail]).to.deep.equal([3, 3]);
    expect((await append(reader, samples(1))).first).to.equal(4);
  });

  it('remembers the newest maxKeys keys', async () => {
    const log = database.open({ maxKeys: 2 });
    const positions: number[] = [];
    for (const key of ['a', 'b', 'c', 'a', 'c']) positions.push((await append(log, samples(1), { key })).first);
    expect(positions).to.deep.equal([1, 2, 3, 4, 3]);
    const forgetful = database.open({ maxKeys: 0, name: `${database.name} without keys` });
    await append(forgetful, samples(1), { key: 'a' });
    expect((await append(forgetful, samples(1), { key: 'a' })).first).to.equal(2);
  });

  it('sends one gap, and then every retained entry, to a reader whose entries were removed', async () => {
    const numbers = feed(Numbers, { log: database.open({ maxEntries: 80 }) });
    const cursor = await numbers.publish(Numbered({ n: 1 }));
    const other = feed(Numbers, { log: database.open({ pool: database.pools[1], maxEntries: 80 }) });
    for (let n = 2; n <= 300; n += 50) {
      await other.publish(Array.from({ length: Math.min(50, 301 - n) }, (_, index) => Numbered({ n: n + index })));
    }
    const { floor, tail } = await read(database.open(), 0, 0);
    expect([floor > 1, tail]).to.deep.equal([true, 300]);
    const received = await firstValueFrom(numbers.events({ from: cursor }).pipe(take(1 + tail - floor), toArray()));
    const [gap, ...rest] = received;
    expect(gap !== undefined && isGap(gap) && gap.data.reason).to.equal('trimmed');
    expect(rest.map(({ data }) => Reflect.get(data, 'n'))).to.deep.equal(
      Array.from({ length: tail - floor }, (_, index) => floor + 1 + index),
    );
    numbers.close();
    other.close();
  });
});
