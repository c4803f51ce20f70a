import { expect } from 'chai';
import { EMPTY, firstValueFrom } from 'rxjs';
import { append, dataOf, read, samples } from '../calls.ts';
import { useDatabase } from './database.ts';

describe('the epoch of a postgresLog', () => {
  const database = useDatabase();
  const sql = (text: string) => database.pool.query(text, [database.name]);

  it('does not change over restarts of the process, and has the server, its timeline and the table as its origin', async () => {
    const { epoch } = await append(database.open(), samples(1));
    expect((await append(database.open({ pool: database.otherPool() }), samples(1))).epoch).to.equal(epoch);
    const { rows } = await sql('select origin from rxsse.logs where name = $1');
    expect(rows[0].origin).to.match(/^\d+\/[0-9A-F]{8}\/\d+$/);
  });

  it('changes when another server takes over, and the cursors of its entries stay exact', async () => {
    const log = database.open();
    const { epoch } = await append(log, samples(3));
    await sql(`update rxsse.logs set origin = '1/00000001/1' where name = $1`);
    expect((await read(log)).epoch, 'before the next write').to.equal(epoch);
    const appended = await append(log, samples(1, 4));
    expect(appended.first).to.equal(4);
    expect(appended.epoch).to.not.equal(epoch);
    const page = await read(log);
    expect(page.past.at(-1)).to.deep.equal({ epoch, last: 3 });
    expect(dataOf(page)).to.deep.equal(['1', '2', '3', '4']);
    expect((await append(log, samples(1, 5))).epoch).to.equal(appended.epoch);
  });

  it('changes after its origin was erased, as the guide describes for a restored backup, also for an end', async () => {
    const log = database.open();
    const { epoch } = await append(log, samples(1));
    await sql(`update rxsse.logs set origin = '' where name = $1`);
    const state = await firstValueFrom(log.end('completed'));
    expect(state.epoch).to.not.equal(epoch);
    expect(state.past.at(-1)).to.deep.equal({ epoch, last: 1 });
  });

  it('is remembered up to the last eight', async () => {
    const log = database.open();
    const epochs: string[] = [];
    for (let number = 1; number <= 12; number++) {
      epochs.push((await append(log, samples(1, number))).epoch);
      await sql(`update rxsse.logs set origin = '' where name = $1`);
    }
    const { past, epoch } = await read(log);
    expect(epoch).to.equal(epochs[11]);
    expect(past).to.deep.equal(epochs.slice(3, 11).map((each, index) => ({ epoch: each, last: index + 4 })));
  });

  it('does not change when the role may not identify the server', async () => {
    const log = database.open();
    const { epoch } = await append(log, samples(1));
    await database.server.run(
      'create role blind login; grant usage on schema rxsse to blind; grant all on all tables in schema rxsse to blind',
    );
    await database.server.run('revoke execute on function pg_control_system() from public');
    try {
      const blind = database.open({ pool: database.otherPool({ user: 'blind' }) });
      expect((await append(blind, samples(1))).epoch).to.equal(epoch);
      expect((await append(log, samples(1))).epoch).to.equal(epoch);
    } finally {
      await database.server.run('grant execute on function pg_control_system() to public');
    }
  });

  it('raises the token of a claim by more than could be lost when another server takes over', async () => {
    const log = database.open();
    const claim = async (holder: string) => (await firstValueFrom(log.claim?.(holder, 1) ?? EMPTY)).token;
    expect(await claim('a')).to.equal(1);
    await database.pool.query(`update rxsse.claims set origin = '1/00000001/1', until = now() where log = $1`, [
      database.name,
    ]);
    expect(await claim('b')).to.equal(1001);
  });
});
