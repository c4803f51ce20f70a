import { expect } from 'chai';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';
import { type FrameworkExample, load } from './example.ts';

/** Waits in turns of the loop, since nothing announces what Nest does after a response. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a handler that Nest mounts', () => {
  requires('frameworks');

  let example: { readonly steps: string[]; start(): Promise<string>; stop(): Promise<void> };
  let url: string;

  before(async function () {
    this.timeout(30_000);
    example = await load('nestOrder');
    url = await example.start();
  });

  after(() => example?.stop());

  beforeEach(() => {
    example.steps.length = 0;
  });

  it('runs after guards and interceptors, which see it complete when the reader disconnects', async () => {
    const wire = await openStream(`${url}/v2/open`);
    await until(() => example.steps.includes('open'));
    expect(example.steps).to.deep.equal(['guard', 'interceptor', 'route', 'open']);
    wire.close();
    await until(() => example.steps.length === 6);
    expect(example.steps.slice(4)).to.deep.equal(['disconnected', 'interceptor, after the response']);
  });

  it('completes for interceptors when the stream has ended', async () => {
    await (await openStream(`${url}/v1/ended`)).ended();
    await until(() => example.steps.length === 3);
    expect(example.steps).to.deep.equal(['interceptor', 'completed', 'interceptor, after the response']);
  });

  it('is ended by an interceptor with a timeout', async () => {
    expect(await (await openStream(`${url}/v1/limited`)).ended()).to.equal('retry: 3000\n\n');
    await until(() => example.steps.length === 1);
    expect(example.steps).to.deep.equal(['disconnected']);
  });

  it('leaves an error before the first byte to the filters of its method', async () => {
    const answer = await fetch(`${url}/v1/refused`);
    expect([answer.status, await answer.json()]).to.deep.equal([429, { quota: 'used up' }]);
    expect(example.steps).to.deep.equal(['filter']);
  });

  it('has the version of its method', async () => {
    expect((await fetch(`${url}/v1/open`)).status).to.equal(404);
  });
});

describe('a feed that Nest sends by @Sse', () => {
  requires('frameworks');

  let example: FrameworkExample;
  let url: string;

  before(async function () {
    this.timeout(30_000);
    example = await load('nestExpress');
    url = `${await example.start()}/nest`;
  });

  after(() => example?.stop());

  const pay = (total: number) => example.orders.publish({ type: 'order_paid', data: { user: 'ada', total } });

  it('resumes exactly after the id of an event', async () => {
    const cursor = await pay(1);
    await pay(2);
    const last = await pay(3);
    const wire = await openStream(url, { headers: { 'Last-Event-ID': cursor } });
    const text = await wire.until(/"total":3}\n\n/);
    expect(text).to.include(`event: order_paid\nid: ${last}\ndata: {"user":"ada","total":3}\n\n`);
    expect(text.match(/^event: .*/gm)).to.deep.equal(['event: order_paid', 'event: order_paid']);
    wire.close();
    while (example.orders.readers > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('sends a gap for a cursor that cannot be served, and no position, heartbeat or end', async () => {
    const wire = await openStream(url, { headers: { 'Last-Event-ID': 'unknown' } });
    expect(wire.headers['rxsse-resume']).to.equal(undefined);
    const text = await wire.until(/event: rxsse\.gap\n/);
    expect(text).to.not.match(/rxsse\.position|^retry:/m);
    await example.orders.end();
    const whole = await wire.ended();
    expect(whole).to.not.match(/rxsse\.end/);
  });
});
