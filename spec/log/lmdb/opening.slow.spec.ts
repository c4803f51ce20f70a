import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { closing } from '../../support/closing.ts';

const script = fileURLToPath(new URL('opener.ts', import.meta.url));
const event = { event: 'appended', data: '1', retry: undefined };

describe('a process that opens the environment while another one commits', function () {
  this.timeout(60_000);

  for (const durability of ['visible', 'flushed'] as const) {
    it(`overwrites no acknowledged entry and hides none, with entries that are ${durability}`, async () => {
      const path = mkdtempSync(join(tmpdir(), 'rxsse-opening-'));
      const log = lmdbLog({ path, name: 'shared', durability });
      const opener = fork(script, [path, '1500'], { execArgv: ['--import', 'tsx'] });
      const close = async (): Promise<void> => {
        opener.kill('SIGKILL');
        log.close();
        rmSync(path, { recursive: true, force: true });
      };
      await closing(close, async () => {
        const acknowledged: number[] = [];
        opener.on('message', (last) => acknowledged.push(Number(last)));
        const exited = once(opener, 'exit');
        let isOver = false;
        void exited.then(() => {
          isOver = true;
        });
        while (!isOver) {
          const { last } = await firstValueFrom(log.append([event]));
          acknowledged.push(last);
          expect((await firstValueFrom(log.read(last, 1))).tail).to.be.at.least(last);
        }
        expect(await exited).to.deep.equal([0, null]);
        // Each position was returned once, and none was taken back.
        const { tail } = await firstValueFrom(log.read(0, 1));
        expect(acknowledged.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: tail }, (_, index) => index + 1));
        expect(tail).to.be.above(2000);
      });
    });
  }
});
