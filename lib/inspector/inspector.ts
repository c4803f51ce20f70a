import { noop, takeWhile } from 'rxjs';
import { sse } from '../adapter/node/sse.ts';
import { type AnyServerHandler, onAnyServer, type ServerRequest } from '../adapter/onAnyServer.ts';
import { html } from '../contract/page/html.ts';
import { pageResponse, pathAndBase } from '../contract/page/pageResponse.ts';
import { sendWhole, textResponse, type WholeResponse } from '../contract/page/wholeResponse.ts';
import { callGuarded, whenResolved } from '../data/callUser.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { reportError } from '../error/reportError.ts';
import { coreOf } from '../feed/coreOf.ts';
import { FeedCore } from '../feed/FeedCore.ts';
import { feedOf } from '../feed/feed.ts';
import type { Feeds } from '../feed/feeds.ts';
import { internalsOf } from '../feed/internalsOf.ts';
import { memoryLog } from '../log/memoryLog.ts';
import { type AnyHandler, mountedOn, routeOf } from '../sink/handler.ts';
import type { Route } from '../sink/Route.ts';
import { isAllowedOrigin } from '../sink/requestInputs.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import { serve } from '../sink/serve.ts';
import { Actions } from './Actions.ts';
import { type BundledPage, bundledPage } from './bundledPage.ts';
import { FamilyLane } from './FamilyLane.ts';
import { FeedLane } from './FeedLane.ts';
import { Inspection } from './Inspection.ts';
import type { InspectorOptions } from './InspectorOptions.ts';
import { payloadsShownBy } from './payloadsShownBy.ts';
import { Recorder } from './Recorder.ts';
import { RouteLane } from './RouteLane.ts';

/** The handler of an inspector, for every server. `shutdown` disconnects its pages and ends the recording. @category inspector */
export type InspectorHandler<R> = AnyServerHandler<R> & AnyHandler;

/** How long what happened is retained for a page that was paused, in ms, and how long it is recorded without a page. */
const retention = 5 * 60_000;

/** The most bytes that are retained. */
const maxRetained = 16 * 1024 * 1024;

/** The largest body of a request that acts, in bytes. */
const maxBodyBytes = 64 * 1024;

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
export function inspector<R = SseRequest>(options: InspectorOptions<R> = {}): InspectorHandler<R> {
  checkOptions('inspector', options, {
    feeds: 'object',
    routes: 'object',
    watches: '',
    authorize: 'function',
    payloads: 'boolean or function',
    label: 'function',
    actions: 'boolean',
  });
  const { feeds = {}, routes = {}, watches, authorize, payloads, label, actions: mayAct = false } = options;
  if (authorize === undefined && process.env.NODE_ENV === 'production') {
    throw new TypeError(
      'inspector: without authorize everybody sees it, which NODE_ENV=production does not allow; give it a function that returns whether a request may',
    );
  }
  if (watches !== undefined && !(Array.isArray(watches) && watches.every((name) => typeof name === 'string'))) {
    throw new TypeError('inspector: watches must be an array of the names that watch has got, such as ["prices"]');
  }
  const show = payloadsShownBy(payloads);
  const feedLanes = Object.entries(feeds).map(([name, value]) => {
    if (internalsOf(value) !== undefined) return new FamilyLane(name, value as Feeds, show);
    if (coreOf(value) !== undefined) return new FeedLane(name, () => coreOf(value), show);
    throw new TypeError(`inspector: feeds.${name} must be what feed() or feeds() returned, got ${kindOf(value)}`);
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
    watches,
    show,
    label,
    slow: actions.slow,
    payloads: payloads !== undefined && payloads !== false,
    actions: mayAct,
  });
  // Without names, so that the app gets no messages about this feed beside those about its own.
  const core: FeedCore = new FeedCore({
    contract: Inspection,
    // A handler that was shut down records nothing more, and not only after `retention`.
    source: recorder.events.pipe(takeWhile(() => route.shutdown === undefined || core.readers > 0)),
    start: 'first-reader',
    linger: retention,
    restart: false,
    log: memoryLog({ maxAge: retention, maxBytes: maxRetained, maxEntries: Infinity }),
    maxEventBytes: 1024 * 1024,
    maxReaders: maxPages,
    maxConcurrentReads: maxPages,
    onInvalidEvent: 'drop',
    endsWith: undefined,
    onError: (error) => reportError('inspector', error),
    onIdle: noop,
  });
  const recorded = feedOf(Inspection, core);
  const stream = sse(
    { allowedOrigins: [], heartbeat: 5000, retry: 1000, resume: { snapshot: () => recorder.snapshot() } },
    recorded,
  );
  const route = routeOf(stream) as Route;
  let bundled: Promise<BundledPage> | undefined;

  const onServer = onAnyServer<R>(maxBodyBytes, (request) => {
    const { userRequest, next } = request;
    const onDecision = (isAllowed: unknown): void => {
      if (isAllowed === true) answer(request);
      else send(request, textResponse(403, 'forbidden'));
    };
    callGuarded(next, () => whenResolved(authorize?.(userRequest as R) ?? true, next, onDecision));
  });

  function answer(request: ServerRequest): void {
    const { parts, userRequest, originalUrl, hasNext, transport, next } = request;
    const { method, url = originalUrl } = parts;
    const { path } = pathAndBase(url);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === 'actions') return act(request);
    const isStream = name === 'events';
    if (!isStream && hasNext && !/^\/?$/.test(path)) return next();
    if (method !== 'GET' && method !== 'HEAD') {
      return send(request, textResponse(405, 'method not allowed', { Allow: 'GET, HEAD' }));
    }
    if (isStream) return serve(route, parts, transport, next, userRequest);
    bundled ??= bundledPage();
    const { base } = pathAndBase(originalUrl);
    bundled.then((page) => send(request, inspectorPage(page, base)), next);
  }

  function act(request: ServerRequest): void {
    const { method, headers } = request.parts;
    const refusal = !mayAct
      ? textResponse(404, 'the option actions is not set')
      : method !== 'POST'
        ? textResponse(405, 'method not allowed', { Allow: 'POST' })
        : !isAllowedOrigin(request.parts, []) || !/^application\/json\b/i.test(String(headers['content-type']))
          ? textResponse(403, 'expected JSON from the page of the inspector')
          : undefined;
    if (refusal !== undefined) return send(request, refusal);
    request.readBody((body) => actions.act(body, ({ status, text }) => send(request, textResponse(status, text))));
  }

  return mountedOn(route, onServer);
}

function send({ transport, parts }: ServerRequest, response: WholeResponse): void {
  sendWhole(transport, parts.method, response);
}

function inspectorPage({ script, style }: BundledPage, base: string): WholeResponse {
  const body = html`<div id="app" data-base="${base}"></div>
<noscript>The inspector needs JavaScript.</noscript>`;
  return pageResponse({ title: 'Inspector', style, body, script });
}
