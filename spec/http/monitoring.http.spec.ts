import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import type { Contract, EventDefinition, Feed } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { recipeModule } from '../support/recipeModule.ts';

interface Recipe {
  readonly app: RequestListener;
  readonly orders: Feed<Contract<{ readonly OrderPaid: EventDefinition<'order_paid', { readonly total: number }> }>>;
}

/** Returns the samples of a text for Prometheus, after checking that it is one. */
function samplesIn(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  const families = new Set<string>();
  let family = '';
  expect(text).to.match(/[^\n]\n$/);
  for (const line of text.trimEnd().split('\n')) {
    const [, help] = /^# HELP (\w+) \S.*$/.exec(line) ?? [];
    const [, type] = /^# TYPE (\w+) (?:counter|gauge)$/.exec(line) ?? [];
    const [, sample = '', name, value] = /^((\w+)\{\w+="[^"\\]*"(?:,\w+="[^"\\]*")*\}) (\d+)$/.exec(line) ?? [];
    if (help !== undefined) {
      expect(families.has(help), help).to.equal(false);
      families.add(help);
      family = help;
    } else {
      expect(type ?? name, line).to.equal(family);
      if (type !== undefined) continue;
      expect(samples.has(sample), sample).to.equal(false);
      samples.set(sample, Number(value));
    }
  }
  return samples;
}

describe('the recipe for Prometheus', () => {
  it('exposes readers, lag, events, bytes, gaps and closed connections by reason, of each route', async () => {
    const { app, orders } = await recipeModule<Recipe>('docs/recipes/monitoring.md', 'Prometheus');
    await listen(app, async (url) => {
      const scrape = async (): Promise<ReadonlyMap<string, number>> => {
        const response = await fetch(`${url}/metrics`);
        expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
        return samplesIn(await response.text());
      };
      const before = await scrape();
      expect(new Set(before.values())).to.deep.equal(new Set([0]));

      const wire = await openStream(`${url}/orders`, { headers: { 'Last-Event-ID': 'unknown' } });
      await wire.until(/rxsse\.gap/);
      await orders.publish([1, 2].map((total) => ({ type: 'order_paid', data: { total } }) as const));
      await wire.until(/"total":2/);
      const open = await scrape();
      await orders.end();
      const { length } = await wire.ended();
      const after = await scrape();

      const changed = (samples: ReadonlyMap<string, number>) =>
        Object.fromEntries([...samples].filter(([sample, value]) => before.get(sample) !== value));
      const counted = {
        'sse_opened_total{route="/orders"}': 1,
        'sse_events_total{route="/orders"}': 2,
        'sse_gaps_total{route="/orders",reason="invalid"}': 1,
      };
      const bytes = 'sse_bytes_total{route="/orders"}';
      expect(changed(open)).to.deep.equal({
        ...counted,
        'sse_connections{route="/orders"}': 1,
        [bytes]: open.get(bytes),
      });
      expect(changed(after)).to.deep.equal({
        ...counted,
        'sse_closed_total{route="/orders",reason="completed"}': 1,
        [bytes]: length,
      });
    });
  });
});
