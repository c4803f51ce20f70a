import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import * as fetchServers from '../../lib/adapter/web/index.ts';
import { fromEventSource, fromSse, readSse } from '../../lib/client/index.ts';
import * as rxsse from '../../lib/index.ts';
import { lmdbLog } from '../../lib/log/lmdb/index.ts';
import { postgresLog } from '../../lib/log/postgres/index.ts';
import { redisLog } from '../../lib/log/redis/index.ts';
import * as testing from '../../lib/testing/index.ts';
import { FrameParser, parseFrames } from '../../lib/wire/index.ts';

/** The kinds of values that an option accepts, as `typeof` names them; `list` is an array. */
type Accepted = readonly ('number' | 'string' | 'boolean' | 'function' | 'object' | 'list' | 'null')[];

const Ticks = rxsse.events({ Tick: t.number });
const ticks = rxsse.feed(Ticks);
const route = rxsse.sse(NEVER);
const number: Accepted = ['number'];
const text: Accepted = ['string'];
const flag: Accepted = ['boolean'];
const callback: Accepted = ['function'];
const object: Accepted = ['object'];
const backoff = { initialDelay: number, maxDelay: number, maxAttempts: number, resetAfter: number };
const decoding = {
  unknownEvents: text,
  invalidEvents: text,
  onError: callback,
  statusObserver: object,
  cursorObserver: object,
  backoff: object,
  withId: flag,
  textEvents: ['list'] as Accepted,
  endMarker: text,
  reconnectOn: object,
};

const sseOptions: Readonly<Record<string, Accepted>> = {
  events: object,
  query: object,
  params: object,
  body: object,
  methods: ['list'],
  allowedOrigins: ['string', 'list'],
  state: callback,
  heartbeat: ['number', 'boolean'],
  retry: number,
  resume: ['boolean', 'object', 'string'],
  wire: ['string', 'object'],
  overflow: ['string', 'object'],
  queue: object,
  stallTimeout: number,
  maxAge: number,
  timeout: object,
  maxHeadDelay: number,
  maxEventBytes: number,
  headers: ['object', 'function'],
  compression: ['boolean', 'object'],
  connectionLimit: object,
  expiresAt: callback,
  onInvalidInput: callback,
  onOpen: callback,
  onClose: callback,
  onGap: callback,
  onOverflow: callback,
  onError: callback,
};
const receiveOptions: Readonly<Record<string, Accepted>> = {
  maxBodyBytes: number,
  maxBatch: number,
  allowedOrigins: ['string', 'list'],
  client: callback,
  onInvalidInput: callback,
};
const { cursorObserver: _, ...withoutCursors } = decoding;
const fetching: Readonly<Record<string, Accepted>> = {
  method: text,
  headers: ['object', 'function', 'list'],
  credentials: text,
  fetch: callback,
  lastEventId: ['string', 'function', 'null'],
  retryStatuses: callback,
  strictEventSource: flag,
  idleTimeout: number,
  idempotent: flag,
  endOfResponse: text,
  commentObserver: object,
  pauseWhenHidden: flag,
  maxEventBytes: number,
  maxLineBytes: number,
};

interface Case {
  /** The function as messages name it, where several have one name. */
  readonly caller?: string;
  readonly give: (options: never) => unknown;
  /** The options without which the call fails. */
  readonly base?: object;
  readonly options: Readonly<Record<string, Accepted>>;
}

/** Every function with options, by its name in messages. */
const cases: Readonly<Record<string, Case>> = {
  sse: { give: (options) => rxsse.sse(options, NEVER), options: sseOptions },
  'sse of rxsse/fetch': {
    caller: 'sse',
    give: (options) => fetchServers.sse(options, NEVER),
    options: { ...sseOptions, maxBodyBytes: number },
  },
  'sse: resume': {
    give: (resume) => rxsse.sse({ resume }, () => NEVER),
    options: {
      from: ['string', 'function'],
      gapPolicy: ['string'],
      snapshot: callback,
      linger: number,
      owner: callback,
      log: callback,
      location: callback,
      waitUntil: callback,
      maxRuns: number,
    },
  },
  'sse: queue': { give: (queue) => rxsse.sse({ queue }, NEVER), options: { maxBytes: number, maxEvents: number } },
  'sse: compression': { give: (compression) => rxsse.sse({ compression }, ticks), options: { maxBytes: number } },
  'sse: timeout': {
    give: (timeout) => rxsse.sse({ timeout }, NEVER),
    options: { first: number, idle: number, total: number },
  },
  'sse: wire': {
    give: (wire) => rxsse.sse({ wire }, NEVER),
    options: { control: text, end: ['string', 'object'], gap: ['string', 'function'], retry: flag },
  },
  'sse: overflow': {
    give: (overflow) => rxsse.sse({ overflow }, NEVER),
    base: { conflateBy: () => 1 },
    options: { conflateBy: callback, merge: callback },
  },
  feed: {
    give: (options) => rxsse.feed(Ticks, options),
    options: {
      source: ['object', 'function'],
      log: object,
      start: text,
      linger: number,
      restart: ['boolean', 'object'],
      maxEventBytes: number,
      maxReaders: number,
      maxConcurrentReads: number,
      endsWith: callback,
      onInvalidEvent: text,
      onError: callback,
    },
  },
  'feed: restart': {
    give: (restart) => rxsse.feed(Ticks, { source: () => NEVER, restart }),
    options: { ...backoff, onFailure: callback },
  },
  feeds: {
    give: (options) => rxsse.feeds(Ticks, options),
    options: { feed: callback, idleTimeout: number, maxFeeds: number },
  },
  receive: { give: (options) => rxsse.receive(ticks, options), options: receiveOptions },
  'receive of rxsse/fetch': {
    caller: 'receive',
    give: (options) => fetchServers.receive(ticks, options),
    options: receiveOptions,
  },
  publish: { give: (options) => ticks.publish(Ticks.Tick(1), options), options: { key: text } },
  events: { give: (options) => ticks.events(options), options: { from: ['string', 'object'] } },
  entries: { give: (options) => ticks.entries(options), options: { from: ['string', 'object'] } },
  connectionLimit: {
    give: (options) => rxsse.connectionLimit(options),
    options: { maxConnections: number, client: callback, maxConnectionsPerClient: number },
  },
  shutdown: {
    give: (options) => rxsse.shutdown([], options),
    options: { duration: number, retry: ['list'], lastEvent: object },
  },
  memoryLog: {
    give: (options) => rxsse.memoryLog(options),
    options: { maxEntries: number, maxBytes: number, maxAge: number, maxKeys: number },
  },
  lmdbLog: {
    // No log is opened, since the name of an option or its value is rejected before.
    give: (options) => lmdbLog(options),
    base: { path: '/nowhere/at/all' },
    options: {
      path: text,
      name: text,
      maxEntries: number,
      maxBytes: number,
      maxAge: number,
      maxKeys: number,
      durability: text,
      maxReaders: number,
    },
  },
  postgresLog: {
    give: (options) => postgresLog(options).close(),
    base: {
      pool: { connect: () => NEVER, query: () => new Promise(() => {}), on: () => {}, removeListener: () => {} },
    },
    options: {
      pool: object,
      name: text,
      maxEntries: number,
      maxBytes: number,
      maxAge: number,
      maxKeys: number,
      pollInterval: number,
      appendTimeout: number,
    },
  },
  redisLog: {
    give: (options) => redisLog(options),
    base: { client: { sendCommand: () => new Promise(() => {}) } },
    options: {
      client: object,
      name: text,
      maxEntries: number,
      maxBytes: number,
      maxAge: number,
      maxKeys: number,
      idleTimeout: number,
      appendTimeout: number,
    },
  },
  conflateBy: {
    give: (options) => rxsse.conflateBy(() => 1, options),
    base: { interval: 5 },
    options: { interval: number, merge: callback, maxKeys: number },
  },
  dedupe: { give: (options) => rxsse.dedupe(() => 1, options), options: { maxAge: number, maxKeys: number } },
  groupedWithin: {
    give: (options) => rxsse.groupedWithin(options),
    base: { maxEvents: 5 },
    options: { maxEvents: number, maxBytes: number, maxDelay: number, sizeOf: callback },
  },
  keepAlive: {
    give: (options) => rxsse.keepAlive(options),
    base: { interval: 5, value: () => 1 },
    options: { interval: number, value: callback },
  },
  mapAsync: {
    give: (options) => rxsse.mapAsync(async () => 1, options),
    base: { concurrency: 1 },
    options: { concurrency: number, maxQueued: number },
  },
  mergeEvents: {
    give: (options) => rxsse.mergeEvents({ a: NEVER }, options),
    options: { onSourceError: ['string', 'function'], onDropped: callback, onSourceEnd: ['string', 'function'] },
  },
  rateLimit: {
    give: (options) => rxsse.rateLimit(options),
    base: { maxEvents: 5 },
    options: { maxEvents: number, interval: number, burst: number, maxQueued: number },
  },
  restartWithBackoff: {
    give: (options) => rxsse.restartWithBackoff(() => NEVER, options),
    options: { ...backoff, onFailure: callback, restartOnEnd: flag },
  },
  timeouts: {
    give: (options) => rxsse.timeouts(options),
    base: { total: 5 },
    options: { first: number, idle: number, total: number, with: callback },
  },
  toAsyncIterable: {
    give: (options) => rxsse.toAsyncIterable(NEVER, options),
    base: { overflow: 'fail' },
    options: { overflow: text, maxQueued: number, onDropped: callback },
  },
  decodeEvents: {
    give: (options) => rxsse.decodeEvents(Ticks, options),
    base: { onInvalid: 'fail' },
    options: { onInvalid: ['string', 'function'] },
  },
  fromPoll: {
    give: (options) => rxsse.fromPoll(() => NEVER, options),
    base: { interval: 5 },
    options: {
      interval: number,
      jitter: number,
      idleTimeout: number,
      maxDelay: number,
      maxAttempts: number,
      onFailure: callback,
    },
  },
  fromEmitter: {
    give: (options) => rxsse.fromEmitter(new EventTarget() as never, {}, options),
    options: { end: ['string', 'list'], error: ['string', 'list'] },
  },
  fromSse: { give: (options) => fromSse('/x', Ticks, options), options: { ...decoding, ...fetching } },
  readSse: { give: (options) => readSse('/x', Ticks, options), options: { ...withoutCursors, ...fetching } },
  'fromSse: backoff': {
    give: (options) => fromSse('/x', Ticks, { backoff: options }),
    options: { ...backoff, maxElapsed: number },
  },
  fromEventSource: {
    give: (options) => fromEventSource(() => NEVER as never, Ticks, options),
    options: decoding,
  },
  marbles: {
    give: (options) => testing.marbles(() => {}, options),
    options: { until: ['string', 'number'], seed: number },
  },
  asyncMarbles: {
    give: (options) => testing.asyncMarbles(async () => {}, options),
    options: { until: ['string', 'number'], seed: number },
  },
  property: {
    give: (options) => testing.property(() => route, options),
    options: {
      runs: number,
      seed: number,
      within: ['string', 'number'],
      filtered: flag,
      stateful: flag,
      script: text,
      retry: number,
      chunk: number,
    },
  },
  expectNoLeaks: {
    give: (options) => testing.expectNoLeaks(route, options),
    options: { sockets: ['list'], until: ['string', 'number'], seed: number, method: text, url: text, next: flag },
  },
  fetchOf: { give: (options) => testing.fetchOf(route, options), options: { json: flag } },
  draw: {
    give: (options) => testing.draw(NEVER, options).unsubscribe(),
    options: { label: text, interval: number, width: number, write: callback },
  },
  logSuite: {
    give: (options) => testing.logSuite('log', () => ({ log: rxsse.memoryLog() }) as never, options),
    options: { describe: callback, it: callback, timeout: number },
  },
  FrameParser: {
    give: (options) => new FrameParser(options),
    base: { onMessage: () => {} },
    options: {
      onMessage: callback,
      onRetry: callback,
      onComment: callback,
      onPosition: callback,
      onOversized: callback,
      lastEventId: text,
      maxEventBytes: number,
      maxLineBytes: number,
    },
  },
  parseFrames: {
    give: (options) => parseFrames(options),
    options: { comments: flag, maxEventBytes: number, maxLineBytes: number },
  },
};

const values: Readonly<Record<Accepted[number], unknown>> = {
  number: 5,
  string: '15000',
  boolean: true,
  function: () => 1,
  object: { nothing: 1 },
  list: [{}],
  null: null,
};

/** The units of options by their names. Those of the test kit have no unit in their messages. */
const units = {
  bytes: /Bytes$/,
  milliseconds:
    /^(heartbeat|retry|linger|first|idle|total|interval|pollInterval|duration|initialDelay|resetAfter|max(Age|Delay|HeadDelay|Elapsed)|\w+Timeout)$/,
};

for (const [title, { caller = title, give, base = {}, options }] of Object.entries(cases)) {
  const attempt = (options: object) => () => (give as (options: object) => unknown)({ ...base, ...options });

  describe(`${title}, called from JavaScript,`, () => {
    for (const [option, accepted] of Object.entries(options)) {
      for (const [kind, value] of Object.entries(values)) {
        if (accepted.includes(kind as Accepted[number])) continue;
        // Any object, such as an array, is checked further where it is used.
        if (kind === 'list' && accepted.includes('object')) continue;
        if (kind === 'object' && accepted.includes('list')) continue;
        it(`rejects ${option} of the kind ${kind}`, () => {
          expect(attempt({ [option]: value })).to.throw(TypeError, option);
        });
      }
    }

    for (const [unit, names] of Object.entries(units)) {
      const numbers = Object.entries(options).filter(
        ([, kinds]) => kinds.includes('number') && !kinds.includes('string'),
      );
      for (const option of title === 'property'
        ? []
        : numbers.map(([name]) => name).filter((name) => names.test(name))) {
        it(`says that ${option} is a number of ${unit}`, () => {
          const message = new RegExp(`\\b${option} must be a (whole )?number of ${unit}, got string`);
          expect(attempt({ [option]: '15s' })).to.throw(TypeError, message);
        });
      }
    }

    it('rejects a name with another letter, and names the nearest option', () => {
      for (const option of Object.keys(options)) {
        const misspelt = `${option.slice(0, -1)}${option.at(-1)?.toUpperCase()}`;
        expect(attempt({ [misspelt]: undefined })).to.throw(
          TypeError,
          `${caller}: unknown option ${misspelt}; did you mean ${option}?`,
        );
      }
    });

    it('rejects a value that is not an object of options', () => {
      for (const value of [5, 'fast', () => 1, [1]]) expect(() => give(value as never)).to.throw(TypeError);
    });
  });
}
