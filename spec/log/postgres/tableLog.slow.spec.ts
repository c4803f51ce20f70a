import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { Pool } from 'pg';
import { firstValueFrom } from 'rxjs';
import ts from 'typescript';
import * as rxsse from '../../../lib/index.ts';
import { logSuite } from '../../../lib/testing/logSuite.ts';
import * as wire from '../../../lib/wire/index.ts';
import { sharedServer } from '../../support/postgres.ts';
import { requires } from '../../support/requires.ts';

type TableLog = (database: unknown, name: string, maxEntries?: number) => rxsse.EventLog;

interface Documented {
  readonly schema: string;
  readonly tableLog: TableLog;
}

/** Runs the code of docs/logs.md, and returns what it exports. */
function documented(): Documented {
  const text = readFileSync(new URL('../../../docs/logs.md', import.meta.url), 'utf8');
  const code = [...text.matchAll(/```ts\n(.*?)```/gs)]
    .map(([, block = '']) => block)
    .find((block) => /tableLog/.test(block));
  const { outputText } = ts.transpileModule(code ?? '', { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const ours: Readonly<Record<string, unknown>> = { rxsse, 'rxsse/wire': wire };
  const require = createRequire(import.meta.url);
  const exported = {};
  new Function('require', 'exports', outputText)((name: string) => ours[name] ?? require(name), exported);
  return exported as Documented;
}

describe('the log over a table in docs/logs.md', () => {
  const postgres = requires('postgres');
  let pool = new Pool();
  let names = 0;
  const { schema, tableLog } = documented();
  const database = {
    query: (text: string, values: readonly unknown[]) => pool.query(text, [...values]),
    async transaction<T>(work: (sql: unknown) => Promise<T>): Promise<T> {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
  };

  before(async () => {
    pool = new Pool((await sharedServer(postgres())).connection);
    await pool.query(schema);
  });
  after(() => pool.end());

  it('stores nothing for a read, and retains the position of a reader that connects before the first entry', async () => {
    const name = `read ${++names}`;
    const log = tableLog(database, name);
    const before = await firstValueFrom(log.read(0, 1000));
    expect((await pool.query('select * from logs where name = $1', [name])).rows).to.deep.equal([]);
    await firstValueFrom(log.append([{ event: 'a', data: '1', retry: undefined }]));
    const after = await firstValueFrom(log.read(0, 1000));
    expect(after.epoch).not.to.equal(before.epoch);
    expect([after.tail, after.past]).to.deep.equal([1, [{ epoch: before.epoch, last: 0 }]]);
    log.close();
  });

  logSuite(
    'keeps the promises of a log',
    ({ entries }) => {
      const name = `suite ${++names}`;
      const open = () => tableLog(database, name, entries);
      const log = open();
      return { log, reopen: open, second: open, close: () => log.close() };
    },
    { timeout: 4000 },
  );
});
