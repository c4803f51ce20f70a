import { expect } from 'chai';
import * as t from 'io-ts';
import { throwError, timer } from 'rxjs';
import { ClosedError, event, events, feed, memoryLog, receive, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Job = events({ Progress: { percent: t.number }, Done: event('done') });
const { Progress, Done } = Job;
const values = { a: Progress({ percent: 50 }), b: Progress({ percent: 100 }), d: Done() };
const half = '{"percent":50}';

const isDone = ({ type }: { readonly type: string }) => type === 'done';

/** Returns what the promise rejects with. */
const failureOf = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`feed({ endsWith }) over ${name}`, () => {
    it(
      'ends after the event is stored, for readers that are connected and for later ones',
      marbles(({ reader, flush }) => {
        const job = feed(Job, { log: makeLog(), endsWith: isDone });
        const route = sse({ resume: { from: 'oldest' } }, job);
        const first = reader(route);
        timer(10).subscribe(() => job.publish(values.a));
        timer(20).subscribe(() => job.publish(values.d));
        const later = reader(route, { at: '50ms' });
        flush();
        for (const r of [first, later]) expect(received(r)).to.deep.equal(['position', half, 'null', 'end']);
        expect(first.lastEventId).to.match(/\.2~$/);
      }),
    );

    it(
      'unsubscribes from its source at the last event, and appends nothing after it',
      marbles(({ hot, reader, flush, expectSubscriptions }) => {
        const source = hot('10ms a 9ms d 9ms b 9ms -', values);
        const r = reader(sse(feed(Job, { source, log: makeLog(), endsWith: isDone })));
        expectSubscriptions(source.subscriptions).toBe(name.includes('memory') ? '^ 19ms !' : '---^ 16ms !');
        flush();
        expect(received(r)).to.deep.equal(['position', half, 'null', 'end']);
      }),
    );

    it(
      'rejects what is published after the last event, also in the same turn, as ended',
      marbles(({ flush }) => {
        const job = feed(Job, { log: makeLog(), endsWith: isDone });
        const errors: unknown[] = [];
        const onError = (error: unknown) => void errors.push(error);
        job.publish(values.d);
        job.publish(values.a).subscribe({ error: onError });
        timer(100).subscribe(() => job.publish(values.b).subscribe({ error: onError }));
        flush();
        for (const error of errors) expect(error).to.include({ _tag: 'ClosedError', state: 'ended' });
        expect(errors).to.have.length(2);
      }),
    );
  });
}

describe('feed({ endsWith })', () => {
  it('does not end when the last event could not be stored', async () => {
    const memory = memoryLog();
    let isFull = true;
    const job = feed(Job, {
      log: {
        append: (drafts, options) => (isFull ? throwError(() => new Error('full')) : memory.append(drafts, options)),
        read: (after, maxBytes) => memory.read(after, maxBytes),
        wakes: memory.wakes,
        end: (how) => memory.end(how),
        close: () => memory.close(),
      },
      endsWith: isDone,
    });
    expect(String(await failureOf(job.publish(values.d)))).to.equal('Error: full');
    isFull = false;
    expect(await job.publish(values.a)).to.match(/\.1$/);
    expect(await job.publish([values.b, values.d])).to.match(/\.3$/);
    expect(await failureOf(job.publish(values.a))).to.be.instanceOf(ClosedError);
  });

  it('stores nothing where the function throws', async () => {
    const job = feed(Job, {
      endsWith: () => {
        throw new Error('in endsWith');
      },
    });
    expect(String(await failureOf(job.publish(values.a)))).to.equal('Error: in endsWith');
    expect(await job.publish([])).to.match(/\.0$/);
  });

  it('repeats the cursor of a publication with a key after the end', async () => {
    const job = feed(Job, { endsWith: isDone });
    const cursor = await job.publish(values.d, { key: 'k' });
    expect(await job.publish(values.d, { key: 'k' })).to.equal(cursor);
  });

  it('throws for a value that is not a function', () => {
    expect(() => feed(Job, { endsWith: 'done' as never })).to.throw(TypeError, 'feed: endsWith must be a function');
  });

  it(
    'makes receive answer 409 after the end, with and without a next',
    marbles(({ reader, flush }) => {
      const handler = receive(feed(Job, { endsWith: isDone }));
      const post = (body: object) =>
        reader(handler, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      const done = post({ type: 'done', data: null });
      const late = post({ type: 'progress', data: { percent: 1 } });
      flush();
      expect([done.status, late.status]).to.deep.equal([202, 409]);
      expect(late.problem).to.include({ title: 'Conflict' });
    }),
  );
});
