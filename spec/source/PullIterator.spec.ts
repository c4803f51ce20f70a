import { Readable } from 'node:stream';
import { expect } from 'chai';
import { PullIterator } from '../../lib/source/PullIterator.ts';
import { watchProcess } from '../support/watchProcess.ts';

describe('PullIterator', () => {
  it('causes no unhandled rejection when it is canceled before the first request', async () => {
    const rejections = watchProcess();
    try {
      const readings = [
        new PullIterator(() => Promise.reject(new Error('broken'))),
        new PullIterator((signal) => new Readable({ signal, read() {} })),
      ];
      for (const reading of readings) expect(await reading.return()).to.deep.equal({ done: true, value: undefined });
      expect(await rejections.settled()).to.deep.equal([]);
    } finally {
      rejections.stop();
    }
  });
});
