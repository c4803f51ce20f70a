import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { listen } from './listen.ts';
import { openStream, readWire } from './openStream.ts';

/** A server whose one response the spec writes by hand. */
function byHand(use: (url: string, response: Promise<ServerResponse>) => Promise<void>): Promise<void> {
  let arrived: (response: ServerResponse) => void;
  const response = new Promise<ServerResponse>((resolve) => {
    arrived = resolve;
  });
  return listen(
    (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'x-hello': 'there' });
      res.write('first\n\n');
      arrived(res);
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
  it('gives status, headers and the text up to a pattern, over the pieces that it came in', () =>
    byHand(async (url, response) => {
      const wire = await openStream(url);
      expect([wire.status, wire.headers['x-hello']]).to.deep.equal([200, 'there']);
      (await response).write('sec');
      await wire.until(/sec/);
      (await response).write('ond\n\n');
      expect(await wire.until(/second\n\n/)).to.equal('first\n\nsecond\n\n');
    }));

  it('resolves with the whole text at the end', () =>
    byHand(async (url, response) => {
      const wire = await openStream(url);
      (await response).end('last');
      expect(await wire.ended()).to.equal('first\n\nlast');
    }));

  it('tells a cut from an end, with what did come', () =>
    byHand(async (url, response) => {
      const wire = await openStream(url);
      await wire.until(/first/);
      (await response).destroy();
      expect(await failureOf(wire.ended())).to.contain('the response was cut; what came: "first\\n\\n"');
      expect(await failureOf(wire.until(/second/))).to.contain('waited for /second/');
      expect(await wire.over()).to.equal('first\n\n');
    }));

  it('gives up before mocha does, and says what did come', () =>
    byHand(async (url) => {
      const wire = await openStream(url, { patience: 20 });
      expect(await failureOf(wire.until(/never/))).to.contain('waited for /never/, but not within 20 ms; what came:');
    }));

  it('leaves when it is told to', () =>
    byHand(async (url, response) => {
      expect(await readWire(url, /first/)).to.equal('first\n\n');
      const res = await response;
      if (!res.closed) await once(res, 'close');
    }));
});

describe('listen', () => {
  it('closes open streams and the server, also when the callback fails', async () => {
    const wires: Promise<string>[] = [];
    const failure = await failureOf(
      byHand(async (url) => {
        wires.push((await openStream(url)).over());
        throw new Error(`no luck at ${url}`);
      }),
    );
    expect(failure).to.contain('no luck');
    expect(await Promise.all(wires)).to.deep.equal(['first\n\n']);
    const url = failure.replace(/^.* at /, '');
    expect(await failureOf(openStream(url))).to.contain('ECONNREFUSED');
  });
});
