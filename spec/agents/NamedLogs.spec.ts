import { expect } from 'chai';
import { NamedLogs } from '../../lib/agents/NamedLogs.ts';
import type { EventLog } from '../../lib/index.ts';

const entry = { event: undefined, data: 'x', retry: undefined };

describe('the named logs of an adapter', () => {
  const store = (logs: NamedLogs, name: string): EventLog => {
    const log = logs.open(name);
    log.append([entry]);
    return log;
  };
  const tailOf = (logs: NamedLogs, name: string): Promise<number | undefined> =>
    logs.use(name, async (log) => log.readNow?.(0, 0).tail);

  it('retain the logs in memory that were opened last', async () => {
    const logs = new NamedLogs(undefined, 2);
    for (const name of ['a', 'b', 'c']) logs.release(name, store(logs, name));
    expect(await tailOf(logs, 'a')).to.equal(0);
    expect(await tailOf(logs, 'b')).to.equal(1);
    expect(await tailOf(logs, 'c')).to.equal(1);
  });

  it('remove one that is in use only where all are', async () => {
    const logs = new NamedLogs(undefined, 2);
    const used = store(logs, 'used');
    for (const name of ['a', 'b', 'c']) logs.release(name, store(logs, name));
    expect(await tailOf(logs, 'used')).to.equal(1);
    const others = ['d', 'e', 'f', 'g'].map((name) => store(logs, name));
    expect(() => used.readNow?.(0, 0)).to.throw('closed');
    expect(others.map((log) => log.readNow?.(0, 0).tail)).to.deep.equal([1, 1, 1, 1]);
  });

  it('retain no log without an entry and an end', async () => {
    const logs = new NamedLogs(undefined, 2);
    for (const name of ['a', 'b']) logs.release(name, store(logs, name));
    for (let n = 0; n < 10; n++) expect(await tailOf(logs, `${n}`)).to.equal(0);
    expect([await tailOf(logs, 'a'), await tailOf(logs, 'b')]).to.deep.equal([1, 1]);
    await logs.use('ended', async (log) => log.end('failed'));
    expect(await logs.use('ended', async (log) => log.readNow?.(0, 0).ended)).to.equal('failed');
  });

  it('share an empty log while it is in use', async () => {
    const logs = new NamedLogs();
    const reading = logs.open('a');
    logs.release('a', store(logs, 'a'));
    expect(reading.readNow?.(0, 0).tail).to.equal(1);
  });

  it('remove one that is discarded when it is not in use any more', async () => {
    const logs = new NamedLogs();
    const used = store(logs, 'a');
    logs.discard('a');
    expect(used.readNow?.(0, 0).tail).to.equal(1);
    logs.release('a', used);
    expect(() => used.readNow?.(0, 0)).to.throw('closed');
    expect(await tailOf(logs, 'a')).to.equal(0);
    logs.discard('unknown');
  });
});
