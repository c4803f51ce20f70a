import { expect } from 'chai';
import { catchError, firstValueFrom, map, of, toArray } from 'rxjs';
import { fromSse } from '../../../lib/client/index.ts';
import { openStream, readWire, type Wire } from '../../support/openStream.ts';
import { Ticks } from '../ticks.ts';
import { lastIdIn, type ServerProcess, ticksIn, withServers } from './processes.ts';

const end = /event: rxsse.end\ndata: null\n\n$/;
const failedEnd = /event: rxsse.end\ndata: {"reason":"failed"}\n\n$/;

/** Opens a stream as a user, from a position. */
const openAs = (url: string, lastEventId?: string, patience = 4000): Promise<Wire> =>
  openStream(url, { headers: { user: 'ada', ...(lastEventId && { 'last-event-id': lastEventId }) }, patience });

/** Starts an answer at a server, whose first reader disconnects after two events; returns what that has received. */
async function startAnswer(server: ServerProcess): Promise<string> {
  const first = await openAs(server.url);
  await first.until(/\n\n/);
  for (const n of [1, 2]) server.write(n);
  await first.until(/data: 2\n\n/);
  first.close();
  return first.text();
}

/** A reader that reconnects to another process receives the rest of an answer, byte for byte, and so do others. */
export function resumesElsewhere(storage: string): Promise<void> {
  return withServers(storage, async (one, two) => {
    const before = await startAnswer(one);
    one.write(3);
    const elsewhere = await openAs(two.url, lastIdIn(before));
    expect(elsewhere.headers['rxsse-resume']).to.equal('exact');
    const here = await openAs(one.url, lastIdIn(before));
    for (const wire of [elsewhere, here]) await wire.until(/data: 3\n\n/);
    for (const line of [4, 5, 'complete']) one.write(line);
    const [rest, same] = [await elsewhere.ended(), await here.ended()];
    expect(rest).to.match(end).and.equal(same);

    const start = lastIdIn(before).replace(/\d+$/, '0');
    const all = ticksIn(await (await openAs(two.url, start)).ended());
    expect(all.map((block) => block.match(/data: (.*)/)?.[1])).to.deep.equal(['1', '2', '3', '4', '5']);
    expect([...ticksIn(before), ...ticksIn(rest)]).to.deep.equal(all);
    expect((await openAs(two.url, lastIdIn(rest))).status).to.equal(204);
    expect([one.calls, two.calls]).to.deep.equal([1, 0]);

    // It outlives its process.
    await one.kill();
    const late = await openAs(two.url, start);
    expect(ticksIn(await late.ended())).to.deep.equal(all);
    expect(two.calls).to.equal(0);
  });
}

/** Readers of another owner, and of no owner, get what a reader of an unknown run gets. */
export function refusesOtherOwners(storage: string): Promise<void> {
  return withServers(storage, async (one, two) => {
    const cursor = lastIdIn(await startAnswer(one));
    for (const headers of [{ user: 'eve' }, {}]) {
      const text = await readWire(two.url, /rxsse.gap.*\n.*\n\n/s, {
        headers: { ...headers, 'last-event-id': cursor },
      });
      expect(text).to.include('"reason":"epoch"').and.not.include('event: tick');
    }
    expect(two.calls).to.equal(2);
  });
}

/** When the process of an answer is killed, its readers receive what is stored and then the end of a failed stream. */
export function endsAfterKill(storage: string, patience: number): Promise<void> {
  return withServers(storage, async (one, two) => {
    const before = await startAnswer(one);
    const wire = await openAs(two.url, lastIdIn(before), patience);
    one.write(3);
    await wire.until(/data: 3\n\n/);
    const client = fromSse(two.url, Ticks, { headers: { user: 'ada' }, lastEventId: lastIdIn(before) });
    const received = client.pipe(
      map(({ data }) => data),
      catchError((error: Error) => of(error.name)),
      toArray(),
    );
    const all = firstValueFrom(received);
    await one.kill();
    const rest = await wire.ended();
    expect(await all).to.deep.equal([3, 'StreamFailedError']);
    expect(ticksIn(rest).map((block) => block.match(/data: (.*)/)?.[1])).to.deep.equal(['3']);
    expect(rest).to.match(failedEnd);
    expect((await openAs(two.url, lastIdIn(rest))).status).to.equal(204);
    const late = await openAs(two.url, lastIdIn(before));
    expect(await late.ended()).to.match(failedEnd);
    expect(two.calls).to.equal(0);
  });
}

/** A process that was paused for longer than its claim cannot write any more when it continues. */
export function isFencedAfterPause(storage: string, patience: number): Promise<void> {
  return withServers(storage, async (one, two) => {
    const before = await startAnswer(one);
    const wire = await openAs(two.url, lastIdIn(before), patience);
    await wire.until(/\n\n/);
    one.signal('SIGSTOP');
    one.write(3);
    const rest = await wire.ended();
    expect(rest).to.match(failedEnd);
    one.signal('SIGCONT');
    // It answers again, with the end that the other one has stored, and what it was sent meanwhile is not stored.
    for (const { url } of [one, two]) {
      const late = await openAs(url, lastIdIn(before));
      expect(await late.ended()).to.equal(rest);
    }
    expect(ticksIn(rest)).to.deep.equal([]);
    expect([one.calls, two.calls]).to.deep.equal([1, 0]);
  });
}

/** A server that shuts down sends its readers elsewhere, and does not leave them waiting for a lease. */
export function endsWithShutdown(storage: string): Promise<void> {
  return withServers(storage, async (one, two) => {
    const before = await startAnswer(one);
    const here = await openAs(one.url, lastIdIn(before));
    const elsewhere = await openAs(two.url, lastIdIn(before));
    await elsewhere.until(/\n\n/);
    one.write('stop');
    await one.ended();
    expect(await elsewhere.ended()).to.match(failedEnd);
    // It was disconnected before, or got the same end.
    await here.over();
    const moved = await openAs(two.url, lastIdIn(before));
    expect(await moved.ended()).to.match(failedEnd);
  });
}

/** A request at another process stops an answer that emits nothing more: its stream is aborted, and all readers get the end. */
export function stopsElsewhere(storage: string): Promise<void> {
  return withServers(storage, async (one, two) => {
    const before = await startAnswer(one);
    const cursor = lastIdIn(before);
    const [here, elsewhere] = [await openAs(one.url, cursor), await openAs(two.url, cursor)];
    for (const wire of [here, elsewhere]) await wire.until(/\n\n/);
    const stop = async (url: string, user: string): Promise<number> =>
      (await fetch(url, { method: 'DELETE', headers: { user, 'last-event-id': cursor } })).status;
    expect(await stop(two.url, 'eve')).to.equal(404);
    expect(await stop(two.url, 'ada')).to.equal(204);
    await one.printed('aborted\n');
    const rest = await here.ended();
    expect(rest)
      .to.match(end)
      .and.equal(await elsewhere.ended());
    for (const { url } of [one, two]) {
      expect(await stop(url, 'ada')).to.equal(204);
      expect(await (await openAs(url, cursor)).ended()).to.equal(rest);
    }
    expect(ticksIn(rest)).to.deep.equal([]);
    expect([one.calls, two.calls]).to.deep.equal([1, 0]);
  });
}

/** A request at another process stops an answer that has no reader, and nothing that it emits then is stored. */
export function stopsWithoutReader(storage: string): Promise<void> {
  return withServers(storage, async (one, two) => {
    const cursor = lastIdIn(await startAnswer(one));
    const { status } = await fetch(`${two.url}?lastEventId=${cursor}`, { method: 'POST', headers: { user: 'ada' } });
    expect(status).to.equal(204);
    one.write(3);
    await one.printed('aborted\n');
    const rest = await (await openAs(two.url, cursor)).ended();
    expect([ticksIn(rest), end.test(rest)]).to.deep.equal([[], true]);
  });
}
