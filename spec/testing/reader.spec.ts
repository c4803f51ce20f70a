import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import type { Next, SseRequest } from '../../lib/sink/SseRequest.ts';
import { marbles } from '../../lib/testing/marbles.ts';

const head = { 'Content-Type': 'text/event-stream; charset=utf-8' };

describe('a reader', () => {
  it(
    'receives the head with the first bytes, and each write when it is sent',
    marbles(({ reader, flush }) => {
      const seen: unknown[] = [];
      const r = reader((_request, response) => {
        response.writeHead(200, head);
        seen.push(response.headersSent, r.status);
        asyncScheduler.schedule(() => {
          response.cork();
          response.write('data: 1\n');
          response.write(Buffer.from('\n'));
          seen.push(r.status);
          response.uncork();
          seen.push(r.status);
          response.end('data: 2\n\n');
        }, 4);
      });
      flush();
      expect(seen).to.deep.equal([true, undefined, undefined, 200]);
      expect(r.headers).to.deep.equal({ 'content-type': 'text/event-stream; charset=utf-8' });
      expect(r.text).to.equal('data: 1\n\ndata: 2\n\n');
      expect(Buffer.from(r.bytes).toString()).to.equal(r.text);
      expect(r.writes.map(({ at, bytes }) => [at, bytes.length])).to.deep.equal([
        [4, 9],
        [4, 9],
      ]);
      expect([r.endedAt, r.cutAt, r.leftAt]).to.deep.equal([4, undefined, undefined]);
    }),
  );

  it(
    'retains the bytes of a write although its buffer is reused',
    marbles(({ reader, flush }) => {
      const buffer = Buffer.from('data: 1\n\n');
      const r = reader((_request, response) => {
        response.writeHead(200, head);
        response.write(buffer);
        buffer.fill(0);
        response.end(`data: ${'x'.repeat(2 ** 21)}\n\n`);
      });
      flush();
      expect(r.text).to.match(/^data: 1\n\n/);
      expect(r.frames).to.have.length(2);
    }),
  );

  it(
    'parses frames from chunks of any size',
    marbles(({ reader, flush }) => {
      const parts = ['retry: 5\nid', ': 1\ndata: {}\n\nre', 'try: 7\n', '\n: x\n\ndata: ü', '\n\ndata: lost'];
      const r = reader((_request, response) => {
        response.writeHead(200, head);
        parts.forEach((part, index) => {
          asyncScheduler.schedule(() => response.write(part), index);
        });
        asyncScheduler.schedule(() => response.end(), 9);
      });
      flush();
      expect(r.frames.map(({ at, frame }) => ({ at, ...frame }))).to.deep.equal([
        { at: 1, _tag: 'Message', id: '1', event: undefined, retry: 5, data: '{}' },
        { at: 3, _tag: 'Retry', ms: 7 },
        { at: 3, _tag: 'Comment', text: 'x' },
        { at: 4, _tag: 'Message', id: undefined, event: undefined, retry: undefined, data: 'ü' },
      ]);
      expect(r.lastEventId).to.equal('1');
    }),
  );

  it(
    'decodes the problem of a response that is not a stream',
    marbles(({ reader, flush }) => {
      const r = reader((_request, response) => {
        response.writeHead(422, { 'Content-Type': 'application/problem+json' });
        response.end('{"status":422}');
      });
      flush();
      expect(r.status).to.equal(422);
      expect(r.problem).to.deep.equal({ status: 422 });
      expect(r.frames).to.deep.equal([]);
    }),
  );

  it(
    'has the text of a response that is neither a stream nor JSON',
    marbles(({ reader, flush }) => {
      const r = reader((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.end('data: 1\n\n');
      });
      flush();
      expect([r.text, r.problem, r.frames]).to.deep.equal(['data: 1\n\n', undefined, []]);
    }),
  );

  it(
    'receives no body for a request or a status without one',
    marbles(({ reader, flush }) => {
      const answer = (status: number) => (_request: SseRequest, response: NodeResponse) => {
        response.writeHead(status, head);
        expect(response.write('data: 1\n\n')).to.equal(true);
        response.end();
      };
      const [empty, ofHead] = [reader(answer(204)), reader(answer(200), { method: 'HEAD' })];
      flush();
      expect([empty.status, empty.text, empty.problem]).to.deep.equal([204, '', undefined]);
      expect([ofHead.status, ofHead.text]).to.deep.equal([200, '']);
    }),
  );

  it(
    'receives the response of Express to an error that was thrown or passed to next',
    marbles(({ reader, flush }) => {
      const refused = Object.assign(new Error('no'), { status: 403 });
      const refusal = reader((_request, _response, next) => next?.(refused));
      const thrown = reader(() => {
        throw 'text';
      });
      const passed = reader((_request, _response, next) => next?.());
      const late = reader((_request, response, next) => {
        response.write(':\n\n');
        next?.(refused);
      });
      flush();
      expect([refusal.status, refusal.error]).to.deep.equal([403, refused]);
      expect([thrown.status, thrown.error]).to.deep.equal([500, 'text']);
      expect([passed.status, passed.error]).to.deep.equal([404, undefined]);
      expect([late.status, late.error, late.cutAt]).to.deep.equal([200, refused, 0]);
    }),
  );

  it('passes no next as a plain server, where a thrown error ends the process', () => {
    const nexts: (Next | undefined)[] = [];
    marbles(({ reader }) => void reader((_request, _response, next) => void nexts.push(next), { next: false }))();
    expect(nexts).to.deep.equal([undefined]);
    const run = marbles(
      ({ reader }) =>
        void reader(
          () => {
            throw new Error('out');
          },
          { next: false },
        ),
    );
    expect(run).to.throw('out');
  });
});
