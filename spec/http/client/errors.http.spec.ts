import { expect } from 'chai';
import type { DecodeError } from 'rxsse';
import { ConnectionError, type ConnectionStatus, StreamFailedError } from 'rxsse/client';
import { cut, ended, open, type Responder, rawServer, reset, status } from './rawServer.ts';
import { end, failureOf, readTicks, recordStates, Tick, tick, valuesOf } from './readTicks.ts';

/** The header by which a server announces that it resumes. */
const resumes = 'Rxsse-Resume: live\r\n';

/** Responds with a complete stream under another type. */
const typed =
  (type: string): Responder =>
  ({ socket }) => {
    socket.end(`HTTP/1.1 200 OK\r\n${type}Connection: close\r\n\r\n${tick(1)}${end}`);
  };

describe('fromSse, after a response that is not a stream,', () => {
  it('completes if it is a 204', () =>
    rawServer([ended(tick(1)), status('204 Done')], async ({ url, requests }) => {
      const observer = recordStates();
      expect(await valuesOf(readTicks(url, { statusObserver: observer }))).to.deep.equal([Tick(1)]);
      expect(observer.states.slice(-2)).to.deep.equal(['connecting after 1', 'completed']);
      expect(requests).to.have.length(2);
    }));

  for (const line of ['205 Reset', '206 Part', '304 Same', '400 Bad', '401 Who', '404 Gone', '418 Tea', '600 Odd']) {
    it(`errors if it is a ${line}, and releases the socket`, () =>
      rawServer([status(line, 'Content-Type: text/event-stream\r\n')], async ({ url, requests, request }) => {
        const observer = recordStates();
        const error = await failureOf(readTicks(url, { statusObserver: observer }));
        expect(error)
          .to.be.instanceOf(ConnectionError)
          .that.includes({ reason: 'status', status: Number(line.slice(0, 3)) });
        expect(observer.states).to.deep.equal(['connecting', 'failed']);
        await (await request(0)).closed;
        expect(requests).to.have.length(1);
      }));
  }

  for (const line of ['408 Slow', '429 Often', '500 Oh', '503 Busy']) {
    it(`errors if it is a ${line} and the client is strict`, () =>
      rawServer([status(line)], async ({ url, requests }) => {
        expect(await failureOf(readTicks(url, { strictEventSource: true }))).to.include({ reason: 'status' });
        expect(requests).to.have.length(1);
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
    it(`${isStream ? 'reads' : 'errors for'} the type ${JSON.stringify(header)}`, () =>
      rawServer([typed(header)], async ({ url, request }) => {
        if (isStream) expect(await valuesOf(readTicks(url))).to.deep.equal([Tick(1)]);
        else expect(await failureOf(readTicks(url))).to.include({ reason: 'type', status: 200 });
        await (await request(0)).closed;
      }));
  }

  it('says the status or the type that arrived, and the URL without its query', () =>
    rawServer([status('404 Gone'), typed('Content-Type: text/html; a=b\r\n'), typed('')], async ({ url }) => {
      const messageOf = async () => ((await failureOf(readTicks(`${url}?token=hunter2`))) as Error).message;
      expect(await messageOf()).to.equal(`expected an event stream, got status 404 from ${url}`);
      expect(await messageOf()).to.equal(`expected the Content-Type text/event-stream, got text/html from ${url}`);
      expect(await messageOf()).to.equal(`expected the Content-Type text/event-stream, got none from ${url}`);
    }));

  it('releases the socket at once if its body is endless', () =>
    rawServer(
      [({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\nmore')],
      async ({ url, request }) => {
        expect(await failureOf(readTicks(url))).to.include({ reason: 'type' });
        await (await request(0)).closed;
      },
    ));
});

describe('fromSse, reading over HTTP,', () => {
  it('errors after maxAttempts failures in a row', () =>
    rawServer([reset], async ({ url, requests }) => {
      const observer = recordStates();
      const error = await failureOf(
        readTicks(url, { backoff: { initialDelay: 1, maxDelay: 1, maxAttempts: 2 }, statusObserver: observer }),
      );
      expect(error).to.include({ reason: 'unreachable' }).and.have.property('cause');
      expect((error as Error).message).to.equal(`the server did not respond: ${url}`);
      expect(observer.states.filter((state) => state === 'connecting')).to.have.length(3);
      expect(requests).to.have.length(3);
    }));

  const unusable: readonly (readonly [what: string, target: string | (() => string)])[] = [
    ['that is invalid', 'http://'],
    ['without a base', '/orders'],
    ['with a name and a password', 'http://ada:secret@127.0.0.1/'],
    ['of another scheme', 'ftp://127.0.0.1/'],
    ['of a port that fetch blocks', 'http://127.0.0.1:6667/'],
    ['that is invalid and was created for the request', () => 'http://['],
  ];
  for (const [what, target] of unusable) {
    it(`errors at once for a URL ${what}`, async () => {
      const observer = recordStates();
      const error = await failureOf(readTicks(target, { statusObserver: observer }));
      expect(error).to.be.instanceOf(ConnectionError).that.includes({ reason: 'request' });
      expect(observer.states).to.deep.equal(['connecting', 'failed']);
    });
  }

  it('errors at once for a request that fetch cannot send', async () => {
    for (const options of [{ body: 'x' }, { method: 'CONNECT' }, { headers: { 'X-Key': 'a\nb' } }]) {
      expect(await failureOf(readTicks('http://127.0.0.1/', options))).to.include({ reason: 'request' });
    }
  });

  it('errors with what the function that creates the headers throws', async () => {
    const mistake = new Error('mistake');
    const headers = () => {
      throw mistake;
    };
    expect(await failureOf(readTicks('http://127.0.0.1/', { headers }))).to.equal(mistake);
  });

  it('errors after a POST that was cut off, unless the server resumes it', () =>
    rawServer(
      [cut(tick(1)), status('500 Oh'), ended(tick(1), resumes), ended(tick(2) + end, resumes)],
      async ({ url, requests }) => {
        const post = { method: 'POST', body: 'b' };
        expect(await failureOf(readTicks(url, post))).to.include({ reason: 'broken' });
        expect(await failureOf(readTicks(url, post))).to.include({ reason: 'status' });
        expect(await valuesOf(readTicks(url, post))).to.deep.equal([Tick(1), Tick(2)]);
        expect(requests).to.have.length(4);
      },
    ));

  it('errors after a POST whose response ended inside an event, and completes after one that ended between two events', () =>
    rawServer([ended(`${tick(1)}data: 2\n`), ended(tick(1))], async ({ url, requests }) => {
      const post = { method: 'POST', body: 'b' };
      expect(await failureOf(readTicks(url, post))).to.include({ reason: 'broken' });
      expect(await valuesOf(readTicks(url, post))).to.deep.equal([Tick(1)]);
      expect(requests).to.have.length(2);
    }));

  it('errors with the headers and the JSON of a response that is not a stream', () =>
    rawServer(
      [status('402 Pay', 'Content-Type: application/json\r\nX-Request-Id: r9\r\n', '{"code":"quota"}')],
      async ({ url }) => {
        const error = (await failureOf(readTicks(url))) as ConnectionError;
        expect(error.problem).to.deep.equal({ code: 'quota' });
        expect(error.headers?.get('x-request-id')).to.equal('r9');
      },
    ));

  it('says why a request was refused, where the response is a problem', () =>
    rawServer(
      [
        status(
          '422 No',
          'Content-Type: application/problem+json\r\n',
          '{"detail":"body.text: expected string, got undefined"}',
        ),
        status('422 No', 'Content-Type: application/problem+json\r\n', '{"detail":7}'),
      ],
      async ({ url }) => {
        const messages = [await failureOf(readTicks(url)), await failureOf(readTicks(url))];
        const got = `expected an event stream, got status 422 from ${url}`;
        expect(messages.map((error) => (error as ConnectionError).message)).to.deep.equal([
          `${got}: body.text: expected string, got undefined`,
          got,
        ]);
      },
    ));

  it('does not error after a POST that is idempotent', () =>
    rawServer([reset, ended(tick(1) + end)], async ({ url }) => {
      expect(await valuesOf(readTicks(url, { method: 'POST', idempotent: true }))).to.deep.equal([Tick(1)]);
    }));

  it("errors after a GET that was cut off, if it is not idempotent, and completes with endOfResponse: 'complete'", () =>
    rawServer([cut(tick(1)), ended(tick(1)), ended(tick(1))], async ({ url, requests }) => {
      expect(await failureOf(readTicks(url, { idempotent: false }))).to.include({ reason: 'broken' });
      expect(await failureOf(readTicks(url, { idempotent: false }))).to.include({ reason: 'closed' });
      expect(await valuesOf(readTicks(url, { endOfResponse: 'complete' }))).to.deep.equal([Tick(1)]);
      expect(requests).to.have.length(3);
    }));

  it("does not error after a POST whose response ended, with endOfResponse: 'reconnect', although it is not idempotent", () =>
    rawServer([ended(tick(1)), ended(tick(2) + end)], async ({ url, requests }) => {
      const post = { method: 'POST', body: 'b', endOfResponse: 'reconnect' } as const;
      expect(await valuesOf(readTicks(url, post))).to.deep.equal([Tick(1), Tick(2)]);
      expect(requests[1]?.header('last-event-id')).to.equal('1');
    }));

  it('errors with the reason of a Request that is aborted', () =>
    rawServer([open(tick(1))], async ({ url, request }) => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const failed = failureOf(readTicks(new Request(url, { signal: abort.signal })));
      const { closed } = await request(0);
      abort.abort(reason);
      expect(await failed).to.equal(reason);
      await closed;
    }));

  it('errors at once if a Request is aborted during a wait', () =>
    rawServer([ended(tick(1))], async ({ url, requests }) => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const status = {
        next: ({ state }: ConnectionStatus) => void (state === 'retrying' && setImmediate(() => abort.abort(reason))),
      };
      const retry = { initialDelay: 2 ** 30, maxDelay: 2 ** 30 };
      expect(
        await failureOf(
          readTicks(new Request(url, { signal: abort.signal }), { backoff: retry, statusObserver: status }),
        ),
      ).to.equal(reason);
      expect(requests).to.have.length(1);
    }));
});

describe('fromSse with maxEventBytes', () => {
  it('reports and skips an event above the limit, and moves past it', () =>
    rawServer(
      [ended(`${tick(1)}id: 2\ndata: 12345\ndata: 6789\n\ndata: ${'x'.repeat(50)}\r\n\r\n${tick(3)}${end}`)],
      async ({ url }) => {
        const issues: string[] = [];
        const onError = (error: DecodeError) => issues.push(...error.issues);
        expect(await valuesOf(readTicks(url, { maxEventBytes: 8, maxLineBytes: 20, onError }))).to.deep.equal([
          Tick(1),
          Tick(3),
        ]);
        expect(issues.map((issue) => issue.slice(0, 31))).to.deep.equal([
          'received an event larger than 8',
          'received a line larger than 20 ',
        ]);
      },
    ));

  for (const maxEventBytes of [1, 8]) {
    it(`skips no event of the library, and ends and errors as without it, with maxEventBytes: ${maxEventBytes}`, () => {
      const gap = '{"reason":"trimmed","requested":"1.a.1","resumedFrom":"1.a.5"}';
      const failed = 'id: 1.a.9~\nevent: rxsse.end\ndata: {"reason":"failed"}\n\n';
      const responders = [ended(`id: 1.a.5\nevent: rxsse.gap\ndata: ${gap}\n\n${end}`), ended(failed)] as const;
      return rawServer(responders, async ({ url, requests }) => {
        const seen = await valuesOf(readTicks(url, { maxEventBytes, backoff: { maxAttempts: 0 } }));
        expect(seen).to.deep.equal([{ type: 'rxsse.gap', data: JSON.parse(gap) }]);
        const error = await failureOf(readTicks(url, { maxEventBytes, backoff: { maxAttempts: 0 } }));
        expect(error).to.be.instanceOf(StreamFailedError);
        expect(requests).to.have.length(2);
      });
    });
  }
});
