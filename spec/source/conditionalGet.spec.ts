import { expect } from 'chai';
import { firstValueFrom, take, toArray } from 'rxjs';
import { ConnectionError, conditionalGet, fromPoll } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';

describe('conditionalGet', () => {
  it('sends the validators, and emits only new values', async () => {
    const requests: (string | undefined)[][] = [];
    const versions = ['v1', 'v1', 'v2'];
    const serve = (index: number) => versions[index] ?? 'v3';
    await listen(
      (request, response) => {
        const { 'if-none-match': etag, 'if-modified-since': since } = request.headers;
        const version = serve(requests.length);
        requests.push([etag, since]);
        const modified = `Thu, 01 Jan 2026 00:00:0${version.slice(1)} GMT`;
        if (etag === `"${version}"`) response.writeHead(304).end();
        else response.writeHead(200, { etag: `"${version}"`, 'last-modified': modified }).end(`"${version}"`);
      },
      async (url) => {
        const polled = fromPoll(
          conditionalGet(
            (request) => fetch(url, request),
            (response) => response.json(),
          ),
          { interval: 1 },
        );
        expect(await firstValueFrom(polled.pipe(take(3), toArray()))).to.deep.equal(['v1', 'v2', 'v3']);
      },
    );
    const at = (n: number) => `Thu, 01 Jan 2026 00:00:0${n} GMT`;
    expect(requests).to.deep.equal([
      [undefined, undefined],
      ['"v1"', at(1)],
      ['"v1"', at(1)],
      ['"v2"', at(2)],
    ]);
  });

  it('requests a body again that could not be read', async () => {
    const requests: (string | undefined)[] = [];
    await listen(
      (request, response) => {
        requests.push(request.headers['if-none-match']);
        response.writeHead(200, { etag: '"v1"' }).end(requests.length === 1 ? '{' : '"whole"');
      },
      async (url) => {
        const failures: string[] = [];
        const polled = fromPoll(
          conditionalGet(
            (request) => fetch(url, request),
            (response) => response.json(),
          ),
          { interval: 1, maxDelay: 1, onFailure: (error) => failures.push((error as Error).name) },
        );
        expect(await firstValueFrom(polled)).to.equal('whole');
        expect(failures).to.deep.equal(['SyntaxError']);
      },
    );
    expect(requests).to.deep.equal([undefined, undefined]);
  });

  const answer = (status: number, headers: Record<string, string> = {}) =>
    Promise.resolve({
      status,
      ok: status >= 200 && status < 300,
      headers: { get: (name: string) => headers[name] ?? null },
    });
  const request = {
    signal: new AbortController().signal,
    headers: {},
    etag: undefined,
    lastModified: undefined,
    last: 0,
  };

  it('throws a ConnectionError for another status, with the wait of Retry-After', async () => {
    const wait = async (status: number, retryAfter?: string) => {
      const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      const poll = conditionalGet(
        () => answer(status, headers),
        () => 'not read',
      );
      const error = await poll(request).then(undefined, (thrown: unknown) => thrown);
      if (!(error instanceof ConnectionError)) throw error;
      return [error.status, error.retryAfter];
    };
    expect(await wait(500)).to.deep.equal([500, undefined]);
    expect(await wait(503, '120')).to.deep.equal([503, 120_000]);
    expect(await wait(503, 'soon')).to.deep.equal([503, undefined]);
    expect(await wait(503, '-1')).to.deep.equal([503, undefined]);
    expect(await wait(429, new Date(0).toUTCString())).to.deep.equal([429, 0]);
    const [, far] = await wait(429, new Date(Date.now() + 3_600_000).toUTCString());
    expect(far).to.be.within(3_000_000, 3_600_000);
  });
});
