import { expect } from 'chai';
import * as t from 'io-ts';
import { RunLogs } from '../../lib/feed/RunLogs.ts';
import { events, memoryLog } from '../../lib/index.ts';
import { SharedStorage, StorageProcess } from './sharedStorage.ts';

const Words = events({ Word: t.string, Done: t.null });
const { log } = new StorageProcess(new SharedStorage());
const runs = (contract?: typeof Words) => new RunLogs(contract, log);
const idOf = (owner: unknown) => runs().create(owner, false).key;

describe('the id of a run', () => {
  it('is 20 characters of a cursor, of which no two are the same', () => {
    const ids = Array.from({ length: 100 }, () => idOf('ada'));
    for (const id of ids) expect(id).to.match(/^[\w-]{20}$/);
    expect(new Set(ids.map((id) => id.slice(0, 12))).size).to.equal(100);
  });

  it('is found in the epochs of its log, by any process, for the same owner and the same names of events', () => {
    for (const owner of ['ada', 7, undefined, '']) {
      const id = idOf(owner);
      expect(runs().idIn(`${id}8letters`, owner)).to.equal(id);
    }
    const named = runs(Words).create('ada', false).key;
    const reordered = events({ Done: t.null, Word: t.string });
    expect(new RunLogs(reordered, log).idIn(`${named}x`, 'ada')).to.equal(named);
    expect(new RunLogs(events({ Word: t.string }), log).idIn(`${named}x`, 'ada')).to.equal(undefined);
    expect(runs().idIn(`${named}x`, 'ada')).to.equal(undefined);
  });

  it('is not found for another owner, also one that is written alike', () => {
    const id = `${idOf('7')}x`;
    for (const owner of ['8', 7, undefined, null, true, {}, Number.NaN])
      expect(runs().idIn(id, owner)).to.equal(undefined);
    expect(runs().idIn(`${idOf(undefined)}x`, 'undefined')).to.equal(undefined);
  });

  it('is not found in text that no route has created, and in an id without an epoch', () => {
    const id = idOf('ada');
    const changed = (at: number) => `${id.slice(0, at)}${id[at] === 'A' ? 'B' : 'A'}${id.slice(at + 1)}x`;
    for (let at = 0; at < id.length; at++) expect(runs().idIn(changed(at), 'ada'), String(at)).to.equal(undefined);
    for (const text of [id, id.slice(1), '', 'x'.repeat(16), 'x'.repeat(32)]) {
      expect(runs().idIn(text, 'ada')).to.equal(undefined);
    }
  });

  it('is not looked for where the logs are in memory: their epoch is enough', () => {
    const inMemory = new RunLogs(undefined, () => memoryLog());
    const { key, shared } = inMemory.create({ any: 'owner' }, false);
    expect(key).to.match(/^[\w-]{16}$/);
    expect(shared).to.equal(undefined);
    const id = idOf('ada');
    expect(inMemory.open(id, 'ada')).to.equal(undefined);
    expect(new RunLogs(undefined, undefined).idIn(`${id}x`, 'ada')).to.equal(undefined);
  });

  it('needs node:crypto: a runtime without it gets an error that names it', () => {
    const { getBuiltinModule } = process;
    process.getBuiltinModule = (() => undefined) as never;
    try {
      expect(() => idOf('ada')).to.throw(TypeError, 'node:crypto');
      expect(new RunLogs(undefined, () => memoryLog()).create('ada', false).key).to.have.length(16);
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});
