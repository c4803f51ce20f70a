import { expect } from 'chai';
import { runHostileRequests } from './hostile.ts';

/** `npm run chaos -- hostile` sends more of them, with any seed. */
describe('hostile requests', () => {
  for (const server of ['http', 'http2'] as const) {
    it(`over ${server} end no process, cause no error of the server, and lose no event of other readers`, async () => {
      const answers = await runHostileRequests(server, 300, 1);
      expect(Object.values(answers).reduce((sum, count) => sum + count)).to.equal(300);
    });
  }
});
