import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { exampleServer } from '../support/exampleServer.ts';
import { openStream, readWire } from '../support/openStream.ts';

describe('the notifications server', function () {
  this.timeout(30_000);
  let data: string;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'rxsse-notifications-'));
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  const start = (PORT = '0') => exampleServer('notifications', { PORT, DATA: data });

  async function post(url: string, text: string, key?: string): Promise<string> {
    const response = await fetch(`${url}/notifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
      body: JSON.stringify({ type: 'notification.posted', data: { text } }),
    });
    expect(response.status).to.equal(202);
    return ((await response.json()) as { cursor: string }).cursor;
  }

  function readAfter(url: string, cursor: string, pattern: RegExp): Promise<string> {
    return readWire(`${url}/notifications`, pattern, { headers: { 'last-event-id': cursor } });
  }

  /** Returns the cursor and text of each notification, in order. */
  function postedIn(wire: string): readonly (readonly [string, string])[] {
    const blocks = wire.matchAll(/^id: (.*)\nevent: notification\.posted\ndata: (.*)\n\n/gm);
    return Array.from(blocks, ([, cursor = '', json = '']) => [cursor, JSON.parse(json).text]);
  }

  it('sends posted notifications to its readers, and all stored ones to a new reader', async () => {
    const server = start();
    const url = await server.url();
    const live = await openStream(`${url}/notifications`);
    const first = await post(url, 'the kettle boils');
    const second = await post(url, 'line\none & <two>');
    const posted = [
      [first, 'the kettle boils'],
      [second, 'line\none & <two>'],
    ];
    expect(postedIn(await live.until(/two>/))).to.deep.equal(posted);
    expect(postedIn(await readWire(`${url}/notifications`, /two>/))).to.deep.equal(posted);
    live.close();
    server.child.kill('SIGKILL');
    await server.closed;
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`continues after ${signal} at the position of each reader`, async () => {
      const before = start();
      const url = await before.url();
      const wire = await openStream(`${url}/notifications`);
      const [first, second] = [await post(url, 'one'), await post(url, 'two', 'key-2')];
      await wire.until(/"two"/);
      before.child.kill(signal);
      expect(await before.closed).to.deep.equal(signal === 'SIGTERM' ? [0, null] : [null, signal]);
      await wire.over();
      expect(before.output.err).to.equal('');

      const again = start();
      const back = await again.url();
      // Before the next append readers are behind and at the tail, and after it beyond the old tail.
      expect(postedIn(await readAfter(back, first, /"two"/))).to.deep.equal([[second, 'two']]);
      const atTail = await openStream(`${back}/notifications`, { headers: { 'last-event-id': second } });
      expect(atTail.headers['rxsse-resume']).to.equal('exact');
      expect(await post(back, 'two', 'key-2')).to.equal(second);
      const third = await post(back, 'three');
      expect(postedIn(await atTail.until(/"three"/))).to.deep.equal([[third, 'three']]);
      expect(atTail.text()).not.to.contain('rxsse.gap');
      atTail.close();
      again.child.kill(signal);
      await again.closed;
    });
  }

  it('shares its folder with another process', async () => {
    const [one, other] = [start(), start()];
    const [here, there] = [await one.url(), await other.url()];
    const wire = await openStream(`${there}/notifications`);
    const posted = [
      [await post(here, 'from here'), 'from here'],
      [await post(there, 'from there'), 'from there'],
    ];
    expect(postedIn(await wire.until(/from there"/))).to.deep.equal(posted);
    wire.close();
    for (const { child, closed } of [one, other]) {
      child.kill('SIGTERM');
      expect(await closed).to.deep.equal([0, null]);
    }
  });

  it('answers with the problem of an invalid notification', async () => {
    const server = start();
    const response = await fetch(`${await server.url()}/notifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"type":"notification.posted","data":{"text":"","at":"noon"}}',
    });
    expect(response.status).to.equal(422);
    expect(await response.text())
      .to.contain('body.data.text')
      .and.to.contain('body.data.at');
    server.child.kill('SIGKILL');
    await server.closed;
  });

  it('prints one line when it cannot listen, or has no folder for its log', async () => {
    const serving = start();
    const { port } = new URL(await serving.url());
    const busy = start(port);
    expect(await busy.closed).to.deep.equal([1, null]);
    expect(busy.output.err).to.match(
      /^Port \d+ is in use by another program\. .* PORT=\d+ node --import tsx examples\/notifications\/server\.ts\n$/,
    );
    serving.child.kill('SIGKILL');
    await serving.closed;

    const file = join(data, 'file');
    writeFileSync(file, '');
    const folderless = exampleServer('notifications', { PORT: '0', DATA: file });
    expect(await folderless.closed).to.deep.equal([1, null]);
    expect(folderless.output.err).to.match(
      /^Cannot store notifications in \S+: .* DATA=\.\/data node --import tsx .*\n$/,
    );
  });
});
