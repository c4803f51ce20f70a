import { expect } from 'chai';
import { end, failureOf, firstStatus, follow, Tick, tick, valuesOf } from './following.ts';
import { ended, rawServer, status } from './rawServer.ts';

const kinds = ['301 Moved', '302 Found', '303 Other', '307 Temporary', '308 Permanent'];

describe('fromSse, redirected', () => {
  for (const line of kinds) {
    it(`by a ${line}, goes there, and the next time asks where it asked first`, () =>
      rawServer(
        [status(line, 'Location: /there\r\n'), ended(tick(1)), ended(tick(2) + end)],
        async ({ url, asked }) => {
          expect(await valuesOf(follow(`${url}/here`, { headers: { Authorization: 'a' } }))).to.deep.equal([
            Tick(1),
            Tick(2),
          ]);
          expect(asked.map((one) => one.head.split(' ', 2)[1])).to.deep.equal(['/here', '/there', '/here']);
          expect(asked.map((one) => one.header('authorization'))).to.deep.equal(['a', 'a', 'a']);
          expect(asked.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, undefined, '1']);
        },
      ));

    it(`by a ${line} to another origin, leaves its credentials behind`, () =>
      rawServer([ended(tick(1) + end)], ({ url: there, asked: arrived }) =>
        rawServer([status(line, `Location: ${there}/\r\n`)], async ({ url, asked }) => {
          const headers = { Authorization: 'a', Cookie: 'c=1', 'X-Trace': 't' };
          expect(await valuesOf(follow(url, { headers }))).to.deep.equal([Tick(1)]);
          expect(asked[0]?.header('authorization')).to.equal('a');
          expect(arrived[0]?.header('authorization')).to.equal(undefined);
          expect(arrived[0]?.header('cookie')).to.equal(undefined);
          expect(arrived[0]?.header('x-trace')).to.equal('t');
        }),
      ));

    it(`by a ${line} that does not say where, fails`, () =>
      rawServer([status(line)], async ({ url, asked }) => {
        expect(await failureOf(follow(url))).to.include({ reason: 'status', status: Number(line.slice(0, 3)) });
        expect(asked).to.have.length(1);
      }));

    it(`by a ${line} to nothing, which is the same place, goes round as often as fetch does, and tries again`, () =>
      rawServer([status(line, 'Location:\r\n')], async ({ url, asked }) => {
        const { error } = await firstStatus('retrying', (heard) =>
          follow(url, { statusObserver: heard, backoff: { initialDelay: 2 ** 30, maxDelay: 2 ** 30 } }),
        );
        expect(error).to.include({ reason: 'unreachable' });
        expect(asked).to.have.length(21);
      }));
  }

  it('keeps method and body where the standard does', () =>
    rawServer(
      [status('307 Temporary', 'Location: /a\r\n'), status('303 Other', 'Location: /b\r\n'), ended(end)],
      async ({ url, asked }) => {
        await valuesOf(follow(url, { method: 'POST', body: 'b' }));
        expect(asked.map((one) => one.head.split(' ', 1)[0])).to.deep.equal(['POST', 'POST', 'GET']);
        expect(asked.map((one) => one.body)).to.deep.equal(['b', 'b', '']);
      },
    ));
});
