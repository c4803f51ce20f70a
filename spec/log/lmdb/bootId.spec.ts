import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { expect } from 'chai';
import { bootId, lmdbKnowsBoots } from '../../../lib/log/lmdb/bootId.ts';

const linux = '/proc/sys/kernel/random/boot_id';

describe('bootId', () => {
  it('returns the boot id of the system, and the same each time', function () {
    if (!existsSync(linux)) this.skip();
    expect(bootId()).to.equal(readFileSync(linux, 'utf8').trim());
    expect(bootId()).to.equal(bootId());
    expect(lmdbKnowsBoots()).to.equal(true);
  });

  it('returns the minute of the boot when the system has no boot id', () => {
    const [, minute = ''] = /^minute (\d+)$/.exec(bootId('/no/such/file')) ?? [];
    // Near the end of a minute it may be the previous or the next one.
    expect(Number(minute)).to.be.closeTo((Date.now() / 1000 - uptime()) / 60, 1);
  });
});
