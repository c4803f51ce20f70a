import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import * as t from 'io-ts';
import { events } from '../../lib/index.ts';
import type { Overflow } from '../../lib/sink/Backlog.ts';
import { Backlog } from '../../lib/sink/Backlog.ts';
import { SequenceEncoder } from '../../lib/sink/SequenceEncoder.ts';
import { SharedEncodings } from '../../lib/sink/SharedEncodings.ts';
import { Wire } from '../../lib/sink/Wire.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Returns the bytes of the heap that cannot be collected. */
async function held(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

const Texts = events({ Text: { n: t.number, text: t.string } });
type Text = ReturnType<typeof Texts.Text>;
const MiB = 1024 * 1024;

const policies: Readonly<Record<string, Overflow<unknown>>> = {
  'drop-oldest': 'drop-oldest',
  'a conflation': { conflateBy: (event) => (event as Text).data.n },
  'a conflation with merge': { conflateBy: (event) => (event as Text).data.n, merge: (_waiting, event) => event },
};

const texts: Readonly<Record<string, string>> = {
  'empty texts': '',
  'texts of 1000 characters': 'x'.repeat(1000),
  'texts of 1000 characters beyond Latin-1': 'ж'.repeat(1000),
};

describe('the memory of the events that wait for a slow reader', () => {
  for (const [policy, overflow] of Object.entries(policies)) {
    for (const [what, text] of Object.entries(texts)) {
      it(`is near maxBytes, with ${policy} and ${what}`, async () => {
        // Several backlogs, so that the rest of the process is small in comparison.
        const backlogs = Array.from({ length: 8 }, () => new Backlog(overflow, { maxBytes: MiB, maxEvents: Infinity }));
        const encoder = new SequenceEncoder(Texts, new Wire(), new SharedEncodings(new Wire(), Infinity));
        const before = await held();
        for (const backlog of backlogs) {
          for (let n = 0; n < 20_000; n++) {
            const event = Texts.Text({ n, text: `${n}${text}` });
            if (backlog.push(event, encoder) !== undefined) break;
          }
        }
        const each = ((await held()) - before) / backlogs.length;
        expect(backlogs.every(({ isEmpty }) => !isEmpty)).to.equal(true);
        expect(each / MiB).to.be.within(0.5, 1.4);
      });
    }
  }
});
