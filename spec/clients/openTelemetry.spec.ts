import { AsyncLocalStorage } from 'node:async_hooks';
import { expect } from 'chai';
import { concat, mergeMap, of, throwError, timer } from 'rxjs';
import { feed, sse } from '../../lib/index.ts';
import { publish, Ticks } from '../http/ticks.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { recipeModule } from '../support/recipeModule.ts';
import { clientsFolder, requires } from '../support/requires.ts';
import { load } from './load.ts';

/** The part of a finished span that the specs read. */
interface FinishedSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes?: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code: number; readonly message?: string };
  readonly parentSpanContext?: { readonly spanId: string };
}

interface SpanExporter {
  getFinishedSpans(): readonly FinishedSpan[];
}

interface Span {
  spanContext(): { readonly spanId: string };
  end(): void;
}

interface Api {
  readonly ROOT_CONTEXT: object;
  readonly trace: {
    setGlobalTracerProvider(provider: object): void;
    getTracer(name: string): { startSpan(name: string): Span };
    setSpan(context: object, span: Span): object;
    disable(): void;
  };
  readonly metrics: { setGlobalMeterProvider(provider: object): void; disable(): void };
  readonly context: { setGlobalContextManager(manager: object): void; disable(): void };
}

interface TraceSdk {
  readonly BasicTracerProvider: new (options: { spanProcessors: readonly object[] }) => object;
  readonly InMemorySpanExporter: new () => SpanExporter;
  readonly SimpleSpanProcessor: new (exporter: SpanExporter) => object;
}

interface CollectedMetrics {
  readonly resourceMetrics: {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly descriptor: { readonly name: string };
        readonly dataPoints: readonly { readonly value: number; readonly attributes: object }[];
      }[];
    }[];
  };
}

interface MetricsSdk {
  readonly MeterProvider: new (options: { readers: readonly object[] }) => object;
  readonly MetricReader: abstract new () => { collect(): Promise<CollectedMetrics> };
}

describe('the recipe for OpenTelemetry', () => {
  requires('clients');

  let api: Api;
  let isLoaded = false;
  let spans: SpanExporter;
  let collect: () => Promise<CollectedMetrics>;
  const contexts = new AsyncLocalStorage<object>();

  before(async () => {
    api = await load<Api>('@opentelemetry/api');
    isLoaded = true;
    const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = await load<TraceSdk>(
      '@opentelemetry/sdk-trace-base',
    );
    const { MeterProvider, MetricReader } = await load<MetricsSdk>('@opentelemetry/sdk-metrics');
    spans = new InMemorySpanExporter();
    api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    class Collector extends MetricReader {
      async onForceFlush(): Promise<void> {}
      async onShutdown(): Promise<void> {}
    }
    const collector = new Collector();
    collect = () => collector.collect();
    api.metrics.setGlobalMeterProvider(new MeterProvider({ readers: [collector] }));
    const manager = {
      active: () => contexts.getStore() ?? api.ROOT_CONTEXT,
      with: <T>(context: object, call: (...args: unknown[]) => T, of: unknown, ...args: unknown[]) =>
        contexts.run(context, () => call.apply(of, args)),
      bind: (_context: object, target: unknown) => target,
      enable: () => manager,
      disable: () => manager,
    };
    api.context.setGlobalContextManager(manager);
    await recipeModule('docs/recipes/monitoring.md', 'OpenTelemetry', clientsFolder);
  });

  after(() => {
    // Without the clients it was not loaded, and nothing is left to disable.
    if (!isLoaded) return;
    api.trace.disable();
    api.metrics.disable();
    api.context.disable();
  });

  it('makes a span of each connection, below that of the request, and counts publications and refusals', async () => {
    const ticks = feed(Ticks);
    const failing = concat(of(1), timer(1).pipe(mergeMap(() => throwError(() => new Error('upstream')))));
    const routes = sse({ onError: () => 'end' as const, methods: ['GET'] }, ({ request }) =>
      request.url === '/fails' ? failing : ticks,
    );
    const requests = new Map<string, Span>();
    await listen(
      (request, response) => {
        const span = api.trace.getTracer('http').startSpan(`${request.method} ${request.url}`);
        requests.set(request.url ?? '', span);
        response.on('close', () => span.end());
        contexts.run(api.trace.setSpan(api.ROOT_CONTEXT, span), () => routes(request, response));
      },
      async (url) => {
        const wire = await openStream(`${url}/ticks`, { headers: { 'Last-Event-ID': 'unknown' } });
        await wire.until(/rxsse\.gap/);
        await publish(ticks, 1);
        await publish(ticks, 2, 3);
        await ticks.end();
        await wire.ended();
        await (await openStream(`${url}/fails`)).over();
        await (await openStream(`${url}/ticks`, { method: 'POST' })).over();
      },
    );

    const [first, second, ...others] = spans.getFinishedSpans().filter(({ name }) => name.startsWith('sse '));
    expect(others).to.deep.equal([]);
    expect(first?.name).to.equal('sse GET /ticks');
    expect(first?.attributes).to.deep.include({
      'rxsse.route': 'GET /ticks',
      'rxsse.close.reason': 'completed',
      'rxsse.events': 3,
      'rxsse.dropped': 0,
    });
    expect(first?.attributes['rxsse.bytes']).to.be.above(100);
    expect(first?.events.map(({ name, attributes }) => [name, attributes])).to.deep.equal([
      ['gap', { 'rxsse.gap.reason': 'invalid' }],
    ]);
    expect(first?.status.code).to.equal(0);
    expect(second?.attributes['rxsse.close.reason']).to.equal('failed');
    expect(second?.events.map(({ name, attributes }) => [name, attributes?.['exception.message']])).to.deep.equal([
      ['exception', 'upstream'],
    ]);
    expect(second?.status).to.deep.equal({ code: 2, message: 'failed' });
    expect(second?.parentSpanContext?.spanId).to.equal(requests.get('/fails')?.spanContext().spanId);

    const { scopeMetrics } = (await collect()).resourceMetrics;
    const counted = scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ value, attributes }) => [descriptor.name, value, attributes]),
      ),
    );
    expect(counted).to.deep.equal([
      ['rxsse.feed.events', 3, { 'rxsse.feed': 'tick' }],
      ['rxsse.connection.refused', 1, { 'rxsse.route': 'POST /ticks', 'rxsse.refusal.reason': 'input' }],
    ]);
  });
});
