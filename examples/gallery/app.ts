import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import express, { type Express, type RequestHandler } from 'express';
import { interval } from 'rxjs';
import type { SseHandler, SseRequest } from 'rxsse';
import { contract, type MountedRoute } from 'rxsse/contract';
import { inspector } from 'rxsse/inspector';
import { echoApp } from '../echo/app.ts';
import { llmApp } from '../llm/app.ts';
import type { Model } from '../llm/Model.ts';
import { notificationsApp } from '../notifications/app.ts';
import { pricesFeed, pricesRoute } from './prices.ts';
import { tail } from './tail.ts';

interface GalleryApp {
  readonly app: Express;
  /** Closes the logs, and removes what was stored. */
  close(): void;
}

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The page needs no request beyond this app. */
const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** Returns a page that shows the examples at work, with their code, and their routes. */
export async function galleryApp(model: Model): Promise<GalleryApp> {
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-gallery-'));
  const log = join(folder, 'server.log');
  const prices = pricesFeed();
  const notifications = notificationsApp(join(folder, 'notifications'));
  const { writeLine, logRequests, close: closeLog } = serverLog(log);
  const app = express();

  app.use(logRequests);
  app.get('/', (_, response) => response.set(pageHeaders).sendFile(pathOf('page.html')));
  for (const { path, text } of await bundlePage()) {
    app.get(`/gallery/${path}`, (_, response) => void response.type(path).send(text));
  }
  // The page shows the files that run.
  const asText = { index: false, setHeaders: (response: express.Response) => void response.type('text/plain') };
  app.use('/code', express.static(pathOf('..'), asText));

  const readPrices = pricesRoute(prices);
  const readLog = tail(log);
  const examples = [echoApp(), notifications.app, llmApp({ model })];
  // Of each path the handler of its stream, and then those that publish and stop.
  const routes: Record<string, readonly [SseHandler<SseRequest>, ...MountedRoute[]]> = Object.assign(
    { '/prices': [readPrices], '/log': [readLog] },
    ...examples.map(({ locals }) => locals.routes),
  );
  app.use('/streams', contract(routes, { title: 'The gallery' }));
  const readers = Object.fromEntries(Object.entries(routes).map(([path, [read]]) => [path, read]));
  const feeds = { prices, ...notifications.app.locals.feeds };
  // Every request may see it, and act: the gallery listens on this machine, and its data is made up.
  app.use('/inspect', inspector({ feeds, routes: readers, authorize: () => true, payloads: true, actions: true }));
  app.get('/prices', readPrices).get('/log', readLog);
  app.use(...examples);

  const close = () => {
    closeLog();
    prices.close();
    notifications.close();
    rmSync(folder, { recursive: true, force: true });
  };
  writeLine('the gallery has started');
  return { app, close };
}

/** Writes a line for each request and its end, and one about the process each second. */
function serverLog(file: string) {
  writeFileSync(file, '');
  const output = createWriteStream(file, { flags: 'a' });
  const writeLine = (text: string) => void output.write(`${new Date().toISOString().slice(11, 23)}  ${text}\n`);

  let open = 0;
  const logRequests: RequestHandler = ({ method, path }, response, next) => {
    const start = performance.now();
    open += 1;
    writeLine(`${method} ${path}`);
    response.once('close', () => {
      open -= 1;
      writeLine(`${method} ${path} ${response.statusCode} after ${((performance.now() - start) / 1000).toFixed(3)} s`);
    });
    next();
  };

  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const vitals = interval(1000).subscribe(() => {
    const megabytes = (process.memoryUsage().heapUsed / 2 ** 20).toFixed(0);
    writeLine(`open responses: ${open}, heap: ${megabytes} MB, loop delay: ${(delay.mean / 1e6 - 10).toFixed(1)} ms`);
    delay.reset();
  });
  const close = () => {
    vitals.unsubscribe();
    delay.disable();
    output.end();
  };
  return { writeLine, logRequests, close };
}

/** Bundles the script and the style of the page, which import the client and the contracts from their own files. */
async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [pathOf('page/page.js')],
    outdir: pathOf('page'),
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles.map(({ path, text }) => ({ path: path.endsWith('.css') ? 'page.css' : 'page.js', text }));
}
