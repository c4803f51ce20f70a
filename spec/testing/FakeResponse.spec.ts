import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';

type Say = (what: string) => void;
type Script = (response: NodeResponse, say: Say) => void;

/** The events of a script up to the close of the response, and what its client received. */
type Account = { readonly seen: readonly string[]; readonly status: number | undefined; readonly text: string };

const scripts: Readonly<Record<string, Script>> = {
  'a head, two writes and an end': (response, say) => {
    state(response, say);
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    state(response, say);
    say(`write ${response.write('a')}`);
    say(`write ${response.write(Buffer.from('b'))}`);
    response.end('c');
    state(response, say);
  },
  'a write without a head': (response, say) => {
    say(`write ${response.write('a')}`);
    state(response, say);
    response.end();
  },
  'an end without a head': (response, say) => {
    response.end();
    state(response, say);
    response.end();
  },
  'corks within corks': (response, say) => {
    response.uncork();
    response.cork();
    response.cork();
    say(`write ${response.write('a')}`);
    response.uncork();
    response.write('b');
    response.uncork();
    response.cork();
    response.write('c');
    response.end();
    state(response, say);
  },
  'a second head': (response, say) => {
    response.writeHead(200, {});
    try {
      response.writeHead(200, {});
    } catch (error) {
      say(String(error).slice(0, 5));
    }
    response.end();
  },
  'a body where there is none': (response, say) => {
    response.writeHead(204, {});
    say(`write ${response.write('a')}`);
    response.end('b');
    state(response, say);
  },
  'a cut before the head': (response, say) => {
    response.destroy();
    state(response, say);
    response.destroy();
  },
  'a cut with what is corked': (response, say) => {
    response.writeHead(200, {});
    response.cork();
    response.write('a');
    response.destroy();
    response.uncork();
    state(response, say);
  },
};

function state(response: NodeResponse, say: Say): void {
  const { headersSent, writableEnded, writableNeedDrain, destroyed } = response;
  say(JSON.stringify({ headersSent, writableEnded, writableNeedDrain, destroyed }));
}

describe('FakeResponse', () => {
  for (const [name, script] of Object.entries(scripts)) {
    it(`behaves as Node's response: ${name}`, async () => {
      expect(ofFake(script)).to.deep.equal(await ofNode(script));
    });
  }

  it("behaves as Node's response: a client that disconnects", async () => {
    const open: Script = (response, say) => {
      response.writeHead(200, {});
      say(`write ${response.write(':')}`);
    };
    const { seen } = await ofNode(open, new AbortController());
    expect(ofFake(open, '--X').seen).to.deep.equal(seen);
  });
});

function ofFake(script: Script, socket = ''): Account {
  const seen: string[] = [];
  let account: Account | undefined;
  marbles(({ reader, flush }) => {
    const r = reader((_request, response) => play(script, response, seen), { socket });
    flush();
    account = { seen, status: r.status, text: r.text };
  })();
  expect(account).not.to.equal(undefined);
  return account as Account;
}

async function ofNode(script: Script, leaving?: AbortController): Promise<Account> {
  const seen: string[] = [];
  const closed = deferred();
  const serve: RequestListener = (_request, response) => {
    play(script, response, seen);
    response.on('close', () => closed.resolve());
  };
  return listen(serve, async (url) => {
    const signal = leaving?.signal ?? null;
    // A client of a connection that was cut before the head has no status.
    const answer = await fetch(url, { signal }).catch(() => undefined);
    leaving?.abort();
    const text = (await answer?.text().catch(() => '')) ?? '';
    await closed.promise;
    return { seen, status: answer?.status, text };
  });
}

function play(script: Script, response: NodeResponse, seen: string[]): void {
  const say: Say = (what) => seen.push(what);
  response.on('close', () => {
    say('close');
    state(response, say);
  });
  script(response, say);
  say('returned');
}
