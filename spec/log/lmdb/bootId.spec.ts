import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { expect } from 'chai';
import { bootId, lmdbKnowsBoots } from '../../../lib/log/lmdb/bootId.ts';

const linux = '/proc/sys/kernel/random/boot_id';

describe('the name of a start of the machine', () => {
  it('is that which the system gives, and stays', function () {
    if (!existsSync(linux)) this.skip();
    expect(bootId()).to.equal(readFileSync(linux, 'utf8').trim());
    expect(bootId()).to.equal(bootId());
    expect(lmdbKnowsBoots()).to.equal(true);
  });

  it('is the minute of the start where it gives none', () => {
    const [, minute = ''] = /^minute (\d+)$/.exec(bootId('/no/such/file')) ?? [];
    // About the turn of a minute it may be either.
    expect(Number(minute)).to.be.closeTo((Date.now() / 1000 - uptime()) / 60, 1);
  });
});
