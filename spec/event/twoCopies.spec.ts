import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { build } from 'esbuild';
import * as t from 'io-ts';
import { type Observable, of } from 'rxjs';
import * as web from '../../lib/adapter/web/index.ts';
import * as main from '../../lib/index.ts';
import { fetchOf } from '../../lib/testing/fetchOf.ts';
import * as wire from '../../lib/wire/index.ts';

type Copy = Omit<typeof main, 'sse'> & typeof wire & Pick<typeof web, 'sse'>;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the library into one file and imports it: a second copy of all its modules, with the same peers. */
async function importCopy(folder: string): Promise<Copy> {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, 'copy.mjs');
  const contents =
    "export * from './lib/index.ts'; export * from './lib/wire/index.ts'; export { sse } from './lib/adapter/web/index.ts';";
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
  });
  return (await import(pathToFileURL(outfile).href)) as Copy;
}

describe('two copies of the package in one program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-copy-'));
  const first: Copy = { ...main, ...wire, sse: web.sse };
  let second: Copy;

  before(async () => {
    second = await importCopy(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const get = (headers: Record<string, string> = {}) => new Request('http://localhost/', { headers });
  const read = async (response: Response | Promise<Response>) => (await response).text();

  for (const [direction, ours, theirs] of [
    ['of the second copy in the first', () => first, () => second],
    ['of the first copy in the second', () => second, () => first],
  ] as const) {
    describe(`values ${direction}`, () => {
      const contract = () =>
        theirs().events({
          OrderPaid: { order: t.string, total: first.withDefault(t.number, () => 0) },
          'order.sent': { order: t.string },
        });

      it('are different copies', () => {
        expect(ours().Entry).to.not.equal(theirs().Entry);
      });

      it('sends events by the definition that created them', async () => {
        const Paid = theirs().event('paid', { total: t.number });
        const text = await read(ours().sse(of(Paid({ total: 5 })))(get()));
        expect(text).to.contain('event: paid\ndata: {"total":5}\n');
      });

      it('checks and sends events by a contract', async () => {
        const Orders = contract();
        const stream = of(Orders.OrderPaid({ order: 'a' }), {
          type: 'order.sent',
          data: { order: 'a', secret: 1 },
        } as const);
        const text = await read(ours().sse({ events: Orders }, stream)(get()));
        expect(text).to.contain('event: order_paid\ndata: {"order":"a","total":0}\n');
        expect(text).to.contain('event: order.sent\ndata: {"order":"a"}\n');
      });

      it('sends frames as they are', async () => {
        const text = await read(
          ours().sse(of(theirs().message({ event: 'x', text: 'a' }), theirs().comment('c')))(get()),
        );
        expect(text).to.contain('event: x\ndata: a\n');
        expect(text).to.contain(': c\n');
      });

      it('decodes by a contract, and reports what does not match it', async () => {
        const issues: unknown[] = [];
        const onInvalid = (error: unknown) => void issues.push(error);
        const values = of({ type: 'order.sent', data: { order: 5 } }, { type: 'order.sent', data: { order: 'b' } });
        const decoded = values.pipe(ours().decodeEvents(contract(), { onInvalid }));
        const text = await read(theirs().sse(decoded as Observable<unknown>)(get()));
        expect(text).to.contain('event: order.sent\ndata: {"order":"b"}\n');
        expect(issues).to.have.length(1);
      });

      it('mounts a feed, and resumes it', async () => {
        const orders = theirs().feed(contract());
        await orders.publish({ type: 'order.sent', data: { order: 'a' } });
        const cursor = await orders.publish({ type: 'order.sent', data: { order: 'b' } });
        await orders.publish({ type: 'order.sent', data: { order: 'c' } });
        await orders.end();
        const text = await read(ours().sse(orders)(get({ 'last-event-id': cursor })));
        expect(text.match(/^data: \{.*$/gm)).to.deep.equal(['data: {"order":"c"}']);
      });

      it('sends the entries of a feed with their positions, through its own operators', async () => {
        const Orders = contract();
        const orders = theirs().feed(Orders);
        await orders.publish({ type: 'order.sent', data: { order: 'a' } });
        const cursor = await orders.publish({ type: 'order.sent', data: { order: 'b' } });
        await orders.end();
        const route = ours().sse({ events: Orders, resume: { from: 'oldest' } }, (context) =>
          orders.read(context).pipe(ours().filterEvents(({ data }) => data.order === 'b')),
        );
        const text = await read(route(get()));
        expect(text).to.contain(`id: ${cursor}\nevent: order.sent\ndata: {"order":"b"}\n`);
        expect(text).to.not.contain('"a"');
      });

      it('appends the events that clients post, fills defaults and reports limits', async () => {
        const orders = theirs().feed(contract(), { maxEventBytes: 40 });
        const post = (order: string) =>
          fetchOf(ours().receive(orders) as never, { json: false })('/', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ type: 'order_paid', data: { order } }),
          });
        expect((await post('a')).status).to.equal(202);
        expect((await post('a'.repeat(50))).status).to.equal(413);
        await orders.end();
        const text = await read(ours().sse({ resume: { from: 'oldest' } }, orders)(get()));
        expect(text).to.contain('data: {"order":"a","total":0}\n');
      });

      it('answers 503 when it is full', async () => {
        const full = () => {
          throw new (theirs().UnavailableError)('full', 'too many', [1000, 1000]);
        };
        const response = await ours().sse(full as () => Observable<never>)(get({ 'rxsse-client': '1' }));
        expect(response.status).to.equal(503);
        expect(response.headers.get('retry-after')).to.equal('1');
      });
    });
  }
});
