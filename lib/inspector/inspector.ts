import { isLeft } from 'fp-ts/lib/Either.js';
import type { SseResponse } from '../adapter/node/NodeResponse.ts';
import { type ReceiveRequest, readBody } from '../adapter/node/readBody.ts';
import { sse } from '../adapter/node/sse.ts';
import { callGuarded, whenResolved } from '../data/callUser.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { coreOf } from '../feed/coreOf.ts';
import { feed } from '../feed/feed.ts';
import { memoryLog } from '../log/memoryLog.ts';
import { type AnyHandler, mountedOn, routeOf } from '../sink/handler.ts';
import type { Route } from '../sink/Route.ts';
import { isAllowedOrigin } from '../sink/requestInputs.ts';
import type { Next, SseRequest } from '../sink/SseRequest.ts';
import { Actions } from './Actions.ts';
import { type BundledPage, bundledPage } from './bundledPage.ts';
import { FeedLane } from './FeedLane.ts';
import { Inspection } from './Inspection.ts';
import type { InspectorOptions } from './InspectorOptions.ts';
import { pageResponse, textResponse, type WholeResponse } from './pageResponse.ts';
import { payloadsShownBy } from './payloadsShownBy.ts';
import { Recorder } from './Recorder.ts';
import { RouteLane } from './RouteLane.ts';

/** A response of Express 4 or 5, `node:http` or `node:http2`. @category inspector */
export interface InspectorResponse extends SseResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
}

/**
 * The handler of an inspector, for Express 4 and 5 and for plain `http` and `http2` servers. `shutdown` disconnects its pages.
 *
 * @category inspector
 */
export interface InspectorHandler<R> extends AnyHandler {
  (request: R, response: InspectorResponse, next?: Next): void;
}

/** How long what happened is retained for a page that was paused, in ms, and how long it is recorded without a page. */
const retention = 5 * 60_000;

/** The most bytes that are retained. */
const maxRetained = 16 * 1024 * 1024;

/** The most pages that are open at once. */
const maxPages = 20;

/**
 * Serves a page that shows feeds, routes and pipelines while they run: each as a lane of a marble diagram, with its readers, rates
 * and log.
 *
 * Mount it beside the routes that it shows. The page has no request beyond the app and a strict Content-Security-Policy.
 * Nothing is recorded before it is opened, and 5 minutes after the last page was closed: until then a page that was paused
 * continues where it was. It reads the logs of feeds beside their readers, so that a feed has no reader more and its source is
 * not started. At high rates some events are left out, which their lane says; counts are exact.
 *
 * It shows what others receive: give it `authorize`, or mount it behind the app's own authorization.
 *
 * @example Two lines in an app
 * import { inspector } from 'rxsse/inspector';
 *
 * const orders = feed(events({ OrderPaid: { order: t.string, total: t.number } }));
 * const readOrders = sse(orders);
 * app.get('/orders', readOrders);
 * app.use('/inspect', inspector({ feeds: { orders }, routes: { '/orders': readOrders } }));
 *
 * @throws TypeError at once, for what is not a feed or a handler, an option of an unknown name or another type, and without
 * `authorize` where `NODE_ENV` is `production`.
 * @category inspector
 */
export function inspector<R extends SseRequest = SseRequest>(options: InspectorOptions<R> = {}): InspectorHandler<R> {
  checkOptions('inspector', options, {
    feeds: 'object',
    routes: 'object',
    authorize: 'function',
    payloads: 'boolean or function',
    label: 'function',
    actions: 'boolean',
  });
  const { feeds = {}, routes = {}, authorize, payloads, label, actions: mayAct = false } = options;
  if (authorize === undefined && process.env.NODE_ENV === 'production') {
    throw new TypeError(
      'inspector: without authorize everybody sees it, which NODE_ENV=production does not allow; give it a function that returns whether a request may',
    );
  }
  const show = payloadsShownBy(payloads);
  const feedLanes = Object.entries(feeds).map(([name, value]) => {
    if (coreOf(value) !== undefined) return new FeedLane(name, value, show);
    throw new TypeError(
      `inspector: feeds.${name} must be a feed, got ${kindOf(value)}; of a family give one of its feeds`,
    );
  });
  const routeLanes = Object.entries(routes).map(([name, handler]) => {
    const route = routeOf(handler);
    if (route !== undefined) return new RouteLane(name, handler, route, show);
    throw new TypeError(`inspector: routes: ${name} must be a handler that sse returned, got ${kindOf(handler)}`);
  });
  const actions = new Actions(feeds, routeLanes);
  const recorder = new Recorder({
    feeds: feedLanes,
    routes: routeLanes,
    show,
    label,
    slow: actions.slow,
    payloads: payloads !== undefined && payloads !== false,
    actions: mayAct,
  });
  const recorded = feed(Inspection, {
    source: recorder.events,
    linger: retention,
    log: memoryLog({ maxAge: retention, maxBytes: maxRetained, maxEntries: Infinity }),
    maxReaders: maxPages,
  });
  const stream = sse(
    { allowedOrigins: [], heartbeat: 5000, retry: 1000, resume: { snapshot: () => recorder.snapshot() } },
    recorded,
  );
  let bundled: Promise<BundledPage> | undefined;

  function answer(request: R, response: InspectorResponse, next: Next | undefined): void {
    const { method = 'GET', url = '/' } = request;
    const { originalUrl = url } = request as { readonly originalUrl?: string };
    const [whole = '/'] = originalUrl.split('?', 1);
    const [path = '/'] = url.split('?', 1);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === 'events') return stream(request, response, next);
    if (name === 'actions') return act(request, response);
    if (next !== undefined && !/^\/?$/.test(path)) return next();
    if (method !== 'GET' && method !== 'HEAD') {
      return send(request, response, textResponse(405, 'method not allowed', { Allow: 'GET, HEAD' }));
    }
    // Links are relative, so that they work behind a proxy that serves the app below a path of its own.
    const base = whole.endsWith('/') ? '' : `${whole.slice(whole.lastIndexOf('/') + 1)}/`;
    bundled ??= bundledPage();
    bundled.then((page) => send(request, response, pageResponse(page, base)), failed(response, next));
  }

  function act(request: R, response: InspectorResponse): void {
    const type = String(request.headers['content-type']);
    const refusal = !mayAct
      ? textResponse(404, 'the option actions is not set')
      : request.method !== 'POST'
        ? textResponse(405, 'method not allowed', { Allow: 'POST' })
        : !isAllowedOrigin(request, []) || !/^application\/json\b/i.test(type)
          ? textResponse(403, 'expected JSON from the page of the inspector')
          : undefined;
    if (refusal !== undefined) return send(request, response, refusal);
    readBody(request, request as unknown as ReceiveRequest, 64 * 1024, (body) => {
      if (isLeft(body)) return send(request, response, textResponse(400, 'expected JSON of at most 64 KiB'));
      actions.act(body.right, ({ status, text }) => send(request, response, textResponse(status, text)));
    });
  }

  return mountedOn(routeOf(stream) as Route, (request: R, response: InspectorResponse, next?: Next): void => {
    const fail = failed(response, next);
    callGuarded(fail, () => {
      whenResolved(authorize?.(request) ?? true, fail, (isAllowed) => {
        if (isAllowed === true) answer(request, response, next);
        else send(request, response, textResponse(403, 'forbidden'));
      });
    });
  });
}

/** Returns what answers an error: `next` or, on a plain server, a response that does not show it. */
function failed(response: InspectorResponse, next: Next | undefined): (error: unknown) => void {
  return (error) => {
    if (next !== undefined) return next(error);
    const { status, headers, body } = textResponse(500, 'the inspector has failed');
    response.writeHead(status, headers);
    response.end(body);
  };
}

function send({ method }: SseRequest, response: InspectorResponse, { status, headers, body }: WholeResponse): void {
  response.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
  response.end(method === 'HEAD' ? undefined : body);
}
