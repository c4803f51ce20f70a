import { expect } from 'chai';
import { logSuite, type OpenLog } from '../../lib/testing/logSuite.ts';
import { sound, withOverrides } from './broken.ts';
import { brokenClaimLogs } from './brokenClaims.ts';
import { brokenLogs } from './brokenLogs.ts';

/** Runs the tests of the suite whose names match, and returns the failures. */
async function failuresOf(open: OpenLog, name = /^/): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  logSuite('a log', open, {
    timeout: 30,
    describe: (_, body) => body(),
    it: (name, body) => tests.push({ name, body }),
  });
  const failed: string[] = [];
  for (const test of tests.filter((each) => name.test(each.name))) {
    await test.body().catch((error: Error) => failed.push(`${test.name}: ${error.message}`));
  }
  return failed;
}

describe('logSuite', () => {
  it('passes a correct log', async () => {
    expect(await failuresOf(sound)).to.deep.equal([]);
  });

  it('passes a log that cannot be claimed', async () => {
    const plain: OpenLog = (retention) => {
      const tested = sound(retention);
      const { claim: _, ...log } = withOverrides(tested.log, {});
      return { ...tested, log };
    };
    expect(await failuresOf(plain)).to.deep.equal([]);
  });

  for (const [what, open, name] of [...brokenLogs, ...brokenClaimLogs]) {
    it(`fails a log that ${what}`, async () => {
      expect(await failuresOf(open, name)).to.not.deep.equal([]);
    });
  }

  it('closes each log that it opened, also after a failed test', async () => {
    let open = 0;
    const counted: OpenLog = (retention) => {
      open++;
      const tested = sound(retention);
      tested.log.close();
      return { ...tested, close: () => void open-- };
    };
    expect(await failuresOf(counted)).to.not.deep.equal([]);
    expect(open).to.equal(0);
  });

  it('throws without describe and it, and names the options that supply them', () => {
    const globals: { describe?: unknown } = globalThis;
    const { describe } = globals;
    delete globals.describe;
    try {
      expect(() => logSuite('a log', sound)).to.throw(TypeError, 'pass them as options { describe, it }');
    } finally {
      globals.describe = describe;
    }
  });
});
