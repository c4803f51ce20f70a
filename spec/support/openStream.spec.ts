import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { listen } from './listen.ts';
import { openStream, readWire } from './openStream.ts';

/** Starts a server whose one response the spec writes. */
function withResponse(use: (url: string, response: Promise<ServerResponse>) => Promise<void>): Promise<void> {
  let resolveResponse: (response: ServerResponse) => void;
  const response = new Promise<ServerResponse>((resolve) => {
    resolveResponse = resolve;
  });
  return listen(
    (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'x-hello': 'there' });
      res.write('first\n\n');
      resolveResponse(res);
    },
    (url) => use(url, response),
  );
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String(error);
  }
  throw new Error('expected a failure');
}

describe('openStream', () => {
  it('returns status, headers and the text up to a pattern, also in several chunks', () =>
    withResponse(async (url, response) => {
      const wire = await openStream(url);
      expect([wire.status, wire.headers['x-hello']]).to.deep.equal([200, 'there']);
      (await response).write('sec');
      await wire.until(/sec/);
      (await response).write('ond\n\n');
      expect(await wire.until(/second\n\n/)).to.equal('first\n\nsecond\n\n');
    }));

  it('resolves with the whole text at the end', () =>
    withResponse(async (url, response) => {
      const wire = await openStream(url);
      (await response).end('last');
      expect(await wire.ended()).to.equal('first\n\nlast');
    }));

  it('distinguishes a cut from an end, and shows the text so far', () =>
    withResponse(async (url, response) => {
      const wire = await openStream(url);
      await wire.until(/first/);
      (await response).destroy();
      expect(await failureOf(wire.ended())).to.contain('the response was cut; received: "first\\n\\n"');
      expect(await failureOf(wire.until(/second/))).to.contain('waited for /second/');
      expect(await wire.over()).to.equal('first\n\n');
    }));

  it('fails before the timeout of mocha, and shows the text so far', () =>
    withResponse(async (url) => {
      const wire = await openStream(url, { patience: 20 });
      expect(await failureOf(wire.until(/never/))).to.contain('waited for /never/, but not within 20 ms; received:');
    }));

  it('disconnects when it is closed', () =>
    withResponse(async (url, response) => {
      expect(await readWire(url, /first/)).to.equal('first\n\n');
      const res = await response;
      if (!res.closed) await once(res, 'close');
    }));
});

describe('listen', () => {
  it('closes open streams and the server, also when the callback fails', async () => {
    const wires: Promise<string>[] = [];
    const failure = await failureOf(
      withResponse(async (url) => {
        wires.push((await openStream(url)).over());
        throw new Error(`failed at ${url}`);
      }),
    );
    expect(failure).to.contain('failed at');
    expect(await Promise.all(wires)).to.deep.equal(['first\n\n']);
    const url = failure.replace(/^.* at /, '');
    expect(await failureOf(openStream(url))).to.contain('ECONNREFUSED');
  });
});
