import express, { type Express } from 'express';
import * as t from 'io-ts';
import { feeds, memoryLog, sse } from 'rxsse';
import { Orders } from './orders.ts';

/** Serves a page for each script, and the orders of each shop. */
export function componentsApp(scripts: Readonly<Record<string, string>>) {
  // The log is short, so that a page that was away for some orders shows a gap.
  const shops = feeds(Orders, { feed: () => ({ log: memoryLog({ maxEntries: 10 }) }) });
  const app: Express = express();
  app.get(
    '/shops/:shop/orders',
    sse({ params: { shop: t.string }, resume: { from: 'oldest' }, retry: 300 }, ({ params }) => shops.get(params.shop)),
  );
  for (const [name, script] of Object.entries(scripts)) {
    app.get(`/${name}.js`, (_request, response) => response.type('js').send(script));
    app.get(`/${name}`, (_request, response) =>
      response.send(
        `<!doctype html><title>${name}</title><link rel="icon" href="data:,"><script type="module" src="/${name}.js"></script>`,
      ),
    );
  }
  return { app, shops };
}
