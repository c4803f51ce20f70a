import { expect } from 'chai';
import { ConnectionError, type ConnectionStatus } from 'rxsse/client';
import { end, failureOf, follow, statuses, Tick, tick, valuesOf } from './following.ts';
import { type Answer, ended, open, rawServer, reset, status } from './rawServer.ts';

const typed =
  (type: string): Answer =>
  ({ socket }) => {
    socket.end(`HTTP/1.1 200 OK\r\n${type}Connection: close\r\n\r\n${tick(1)}${end}`);
  };

describe('fromSse, of an answer that is no stream,', () => {
  it('stops for good at a 204', () =>
    rawServer([ended(tick(1)), status('204 Done')], async ({ url, asked }) => {
      const heard = statuses();
      expect(await valuesOf(follow(url, { statusObserver: heard }))).to.deep.equal([Tick(1)]);
      expect(heard.told.slice(-2)).to.deep.equal(['connecting after 1', 'completed']);
      expect(asked).to.have.length(2);
    }));

  for (const line of ['205 Reset', '206 Part', '304 Same', '400 Bad', '401 Who', '404 Gone', '418 Tea', '600 Odd']) {
    it(`fails with a ${line}, and leaves it`, () =>
      rawServer([status(line, 'Content-Type: text/event-stream\r\n')], async ({ url, asked, request }) => {
        const heard = statuses();
        const error = await failureOf(follow(url, { statusObserver: heard }));
        expect(error)
          .to.be.instanceOf(ConnectionError)
          .that.includes({ reason: 'status', status: Number(line.slice(0, 3)) });
        expect(heard.told).to.deep.equal(['connecting', 'failed']);
        await (await request(0)).gone;
        expect(asked).to.have.length(1);
      }));
  }

  for (const line of ['408 Slow', '429 Often', '500 Oh', '503 Busy']) {
    it(`fails with a ${line} where it is to be exactly an EventSource`, () =>
      rawServer([status(line)], async ({ url, asked }) => {
        expect(await failureOf(follow(url, { strictEventSource: true }))).to.include({ reason: 'status' });
        expect(asked).to.have.length(1);
      }));
  }

  const types: readonly (readonly [header: string, isStream: boolean])[] = [
    ['', false],
    ['Content-Type: text/html\r\n', false],
    ['Content-Type: text/event-streams\r\n', false],
    ['Content-Type: application/json; a="text/event-stream"\r\n', false],
    ['Content-Type: text/event-stream\r\nContent-Type: text/html\r\n', false],
    ['Content-Type: text/event-stream;charset=windows-1252\r\n', true],
    ['Content-Type: Text/Event-Stream ; a="x,y"\r\n', true],
    ['Content-Type: text/html\r\nContent-Type: text/event-stream\r\n', true],
    ['Content-Type: text/event-stream, nothing\r\n', true],
    ['Content-Type: text/event-stream, */*\r\n', true],
  ];
  for (const [header, isStream] of types) {
    it(`${isStream ? 'takes' : 'fails with'} ${JSON.stringify(header)}`, () =>
      rawServer([typed(header)], async ({ url, request }) => {
        if (isStream) expect(await valuesOf(follow(url))).to.deep.equal([Tick(1)]);
        else expect(await failureOf(follow(url))).to.include({ reason: 'type', status: 200 });
        await (await request(0)).gone;
      }));
  }

  it('lets go of an endless one at once', () =>
    rawServer(
      [({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\nmore')],
      async ({ url, request }) => {
        expect(await failureOf(follow(url))).to.include({ reason: 'type' });
        await (await request(0)).gone;
      },
    ));
});

describe('fromSse gives up', () => {
  it('when it failed as often in a row as it may', () =>
    rawServer([reset], async ({ url, asked }) => {
      const heard = statuses();
      const error = await failureOf(
        follow(url, { backoff: { initialDelay: 1, maxDelay: 1, maxAttempts: 2 }, statusObserver: heard }),
      );
      expect(error).to.include({ reason: 'unreachable' }).and.have.property('cause');
      expect(heard.told.filter((told) => told === 'connecting')).to.have.length(3);
      expect(asked).to.have.length(3);
    }));

  const hopeless: readonly (readonly [what: string, target: string | (() => string)])[] = [
    ['that is none', 'http://'],
    ['without a base', '/orders'],
    ['with a name and a password', 'http://ada:secret@127.0.0.1/'],
    ['of another scheme', 'ftp://127.0.0.1/'],
    ['of a port that fetch blocks', 'http://127.0.0.1:6667/'],
    ['that is none, made for the attempt', () => 'http://['],
  ];
  for (const [what, target] of hopeless) {
    it(`at once on a URL ${what}`, async () => {
      const heard = statuses();
      const error = await failureOf(follow(target, { statusObserver: heard }));
      expect(error).to.be.instanceOf(ConnectionError).that.includes({ reason: 'request' });
      expect(heard.told).to.deep.equal(['connecting', 'failed']);
    });
  }

  it('at once on a request that no fetch makes', async () => {
    for (const options of [{ body: 'x' }, { method: 'CONNECT' }, { headers: { 'X-Key': 'a\nb' } }]) {
      expect(await failureOf(follow('http://127.0.0.1/', options))).to.include({ reason: 'request' });
    }
  });

  it('on what makes the headers, when that throws', async () => {
    const mistake = new Error('mistake');
    const headers = () => {
      throw mistake;
    };
    expect(await failureOf(follow('http://127.0.0.1/', { headers }))).to.equal(mistake);
  });

  it('on a request whose server may have acted on it, until there is a position to come back to', () =>
    rawServer([ended('data: 0\n\n'), ended(tick(1)), ended(tick(2) + end)], async ({ url, asked }) => {
      const post = { method: 'POST', body: 'b' };
      expect(await failureOf(follow(url, post))).to.include({ reason: 'closed' });
      expect(await valuesOf(follow(url, post))).to.deep.equal([Tick(1), Tick(2)]);
      expect(asked).to.have.length(3);
    }));

  it('not even there, where the request may be repeated', () =>
    rawServer([reset, ended(tick(1) + end)], async ({ url }) => {
      expect(await valuesOf(follow(url, { method: 'POST', idempotent: true }))).to.deep.equal([Tick(1)]);
    }));

  it('with a Request that is aborted, and with its reason', () =>
    rawServer([open(tick(1))], async ({ url, request }) => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const failed = failureOf(follow(new Request(url, { signal: abort.signal })));
      const { gone } = await request(0);
      abort.abort(reason);
      expect(await failed).to.equal(reason);
      await gone;
    }));

  it('with a Request that is aborted while nothing is connected, at once', () =>
    rawServer([ended(tick(1))], async ({ url, asked }) => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const status = {
        next: ({ state }: ConnectionStatus) => void (state === 'retrying' && setImmediate(() => abort.abort(reason))),
      };
      const retry = { initialDelay: 2 ** 30, maxDelay: 2 ** 30 };
      expect(
        await failureOf(follow(new Request(url, { signal: abort.signal }), { backoff: retry, statusObserver: status })),
      ).to.equal(reason);
      expect(asked).to.have.length(1);
    }));

  it('over a limit of the parser, since it would come to the same place again', () =>
    rawServer([open(`${tick(1)}data: 12345\ndata: 6789\n\n`)], async ({ url, asked, request }) => {
      const error = await failureOf(follow(url, { maxEventBytes: 8 }));
      expect(error).to.include({ _tag: 'LimitError', kind: 'frame-size', limit: 8 });
      await (await request(0)).gone;
      expect(asked).to.have.length(1);
    }));
});
