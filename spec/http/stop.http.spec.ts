import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import express4 from 'express4';
import { finalize, Subject } from 'rxjs';
import { sse as sseOfWeb, stop as stopOfWeb } from '../../lib/adapter/web/index.ts';
import { type SseRequest, sse, stop } from '../../lib/index.ts';
import { fetchOver } from '../support/http2.ts';
import { listen, overHttp2 } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { overFetch } from '../support/overFetch.ts';
import { headerOf } from './servers.ts';
import { Ticks } from './ticks.ts';

/** The stream of one request, into which the spec emits, and what has happened to it. */
class Answer {
  readonly stream = new Subject<ReturnType<typeof Ticks.Tick>>();
  readonly log: string[] = [];

  readonly create = ({ signal }: { readonly signal: AbortSignal }) => {
    signal.addEventListener('abort', () => this.log.push('aborted'));
    return this.stream.pipe(finalize(() => this.log.push('unsubscribed')));
  };
}

const options = {
  events: Ticks,
  state: (request: SseRequest | Request) => headerOf(request as SseRequest, 'user'),
  resume: { owner: ({ state }: { readonly state: unknown }) => state },
};

function onNode(answer: Answer): (request: IncomingMessage, response: ServerResponse) => void {
  const route = sse(options, answer.create);
  const stopping = stop(route);
  return (request, response) => (request.method === 'GET' ? route : stopping)(request, response);
}

function onExpress(make: typeof express): (answer: Answer) => RequestListener {
  return (answer) => {
    const route = sse(options, answer.create);
    return make().use(make.json()).get('/', route).delete('/', stop(route)).post('/', stop(route));
  };
}

const servers: Readonly<Record<string, (answer: Answer) => RequestListener>> = {
  'Express 5': onExpress(express),
  'Express 4': onExpress(express4),
  'plain http': onNode,
  http2: (answer) => overHttp2(onNode(answer)),
  Response: (answer) => {
    const route = sseOfWeb(options, answer.create);
    const stopping = stopOfWeb(route);
    return overFetch((request) => (request.method === 'GET' ? route : stopping)(request));
  },
};

for (const [name, serving] of Object.entries(servers)) {
  describe(`stop on ${name}`, () => {
    it('ends a stream for its readers, by the header or the query, and is unknown to another owner', async () => {
      for (const how of ['header', 'query', 'body']) {
        const answer = new Answer();
        await listen(serving(answer), async (url) => {
          const reader = await openStream(url, { headers: { user: 'ada' } });
          await reader.until(/\n\n/);
          answer.stream.next(Ticks.Tick(1));
          const [, cursor = ''] = /^id: (.*\.1)$/m.exec(await reader.until(/data: 1\n\n/)) ?? [];
          const request = async (user: string, method = 'DELETE') => {
            const headers = { user, ...(how === 'query' ? {} : { 'Last-Event-ID': cursor }) };
            const body = how === 'body' ? { body: '{"why":1}' } : {};
            const type = how === 'body' ? { 'Content-Type': 'application/json' } : {};
            const target = how === 'query' ? `${url}/?lastEventId=${cursor}` : url;
            return fetchOver(target, { method, headers: { ...headers, ...type }, ...body });
          };
          expect((await request('eve')).status).to.equal(404);
          expect(answer.log).to.deep.equal([]);
          const stopped = await request('ada', how === 'body' ? 'POST' : 'DELETE');
          expect([stopped.status, await stopped.text()]).to.deep.equal([204, '']);
          expect(answer.log).to.have.members(['unsubscribed', 'aborted']).and.have.length(2);
          expect(await reader.ended()).to.match(/data: 1\n\n.*event: rxsse.end\n/s);
          expect((await request('ada')).status).to.equal(204);
        });
      }
    });
  });
}
