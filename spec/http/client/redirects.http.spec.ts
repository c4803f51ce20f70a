import { expect } from 'chai';
import { ended, rawServer, status } from './rawServer.ts';
import { end, failureOf, firstStatus, readTicks, Tick, tick, valuesOf } from './readTicks.ts';

const lines = ['301 Moved', '302 Found', '303 Other', '307 Temporary', '308 Permanent'];

describe('fromSse, receiving a redirect,', () => {
  for (const line of lines) {
    it(`follows a ${line}, and requests the original URL when it reconnects`, () =>
      rawServer(
        [status(line, 'Location: /there\r\n'), ended(tick(1)), ended(tick(2) + end)],
        async ({ url, requests }) => {
          expect(await valuesOf(readTicks(`${url}/here`, { headers: { Authorization: 'a' } }))).to.deep.equal([
            Tick(1),
            Tick(2),
          ]);
          expect(requests.map((one) => one.head.split(' ', 2)[1])).to.deep.equal(['/here', '/there', '/here']);
          expect(requests.map((one) => one.header('authorization'))).to.deep.equal(['a', 'a', 'a']);
          expect(requests.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, undefined, '1']);
        },
      ));

    it(`follows a ${line} to another origin without its credentials`, () =>
      rawServer([ended(tick(1) + end)], ({ url: target, requests: redirected }) =>
        rawServer([status(line, `Location: ${target}/\r\n`)], async ({ url, requests }) => {
          const headers = { Authorization: 'a', Cookie: 'c=1', 'X-Trace': 't' };
          expect(await valuesOf(readTicks(url, { headers }))).to.deep.equal([Tick(1)]);
          expect(requests[0]?.header('authorization')).to.equal('a');
          expect(redirected[0]?.header('authorization')).to.equal(undefined);
          expect(redirected[0]?.header('cookie')).to.equal(undefined);
          expect(redirected[0]?.header('x-trace')).to.equal('t');
        }),
      ));

    it(`follows a ${line} only if it has a Location, and errors otherwise`, () =>
      rawServer([status(line)], async ({ url, requests }) => {
        expect(await failureOf(readTicks(url))).to.include({ reason: 'status', status: Number(line.slice(0, 3)) });
        expect(requests).to.have.length(1);
      }));

    it(`follows a ${line} to itself as often as fetch does, and then reconnects`, () =>
      rawServer([status(line, 'Location:\r\n')], async ({ url, requests }) => {
        const { error } = await firstStatus('retrying', (observer) =>
          readTicks(url, { statusObserver: observer, backoff: { initialDelay: 2 ** 30, maxDelay: 2 ** 30 } }),
        );
        expect(error).to.include({ reason: 'unreachable' });
        expect(requests).to.have.length(21);
      }));
  }

  it('uses the method and the body that the standard prescribes', () =>
    rawServer(
      [status('307 Temporary', 'Location: /a\r\n'), status('303 Other', 'Location: /b\r\n'), ended(end)],
      async ({ url, requests }) => {
        await valuesOf(readTicks(url, { method: 'POST', body: 'b' }));
        expect(requests.map((one) => one.head.split(' ', 1)[0])).to.deep.equal(['POST', 'POST', 'GET']);
        expect(requests.map((one) => one.body)).to.deep.equal(['b', 'b', '']);
      },
    ));
});
