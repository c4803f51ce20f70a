import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { programOf } from '../house/program.ts';
import { root } from '../house/repo.ts';

const prelude = [
  "import * as t from 'io-ts';",
  "import { interval, merge, NEVER, type Observable, of } from 'rxjs';",
  "import { event, events, feed, IntFromString, mapEvents, receive, sse } from 'rxsse';",
  "import { fromSse } from 'rxsse/client';",
  "import { sse as fetchSse } from 'rxsse/fetch';",
  'const Orders = events({ OrderPaid: { user: t.string, total: t.number } });',
  "const Other = event('other');",
  'const orders = feed(Orders);',
  'const others = feed(events({ Other }));',
].join(' ');

/** Mistakes, each with what the code that the compiler marks and the first line of its message must contain. */
const mistakes: readonly (readonly [code: string, ...named: readonly string[]])[] = [
  // Options.
  ['sse({ hartbeat: 15 }, NEVER)', "'hartbeat' does not exist", "Did you mean to write 'heartbeat'?"],
  ['fetchSse({ hartbeat: 15 }, NEVER)', "'hartbeat' does not exist", "Did you mean to write 'heartbeat'?"],
  ["sse({ heartbeat: '15s' }, NEVER)", 'heartbeat: ', "'string'", "'number | false'"],
  ["sse({ overflow: 'drop' }, orders)", 'overflow: ', '"drop"', 'Overflow'],
  ['sse({ overflow: { conflateBy: (n: number) => n, mrge: 5 } }, interval(5))', "'mrge' does not exist", "'merge'"],
  ['sse({ resume: { lingr: 5 } }, orders)', "'lingr' does not exist", "Did you mean to write 'linger'?"],
  ["sse({ resume: { gapPolicy: 'oldest' } }, orders)", 'gapPolicy: ', '"oldest"', '"replay"'],
  ['sse({ timeout: { each: 5 } }, orders)', "'each' does not exist", 'TimeoutOptions'],
  ['feed(Orders, { maxReader: 5 })', "'maxReader' does not exist", "Did you mean to write 'maxReaders'?"],
  ['receive(orders, { maxBody: 5 })', "'maxBody' does not exist", 'ReceiveOptions'],
  ["fromSse('/x', Orders, { retri: 5 })", "'retri' does not exist", 'FromSseOptions'],
  // Fields of a request.
  ['sse({ query: { q: t.string } }, ({ query }) => of(query.search))', "'search' does not exist", '{ q: string; }'],
  ['sse({ query: { q: t.string } }, ({ params }) => of(params.q))', "'params' is of type 'unknown'"],
  ["sse({ state: () => ({ user: 'a' }) }, ({ state }) => of(state.users))", "'users' does not exist", "'user'"],
  ['sse({ onOpen: (context) => context.user }, NEVER)', "'user' does not exist", 'SseContext<{}>'],
  // Events.
  ['sse({ events: Orders }, of(Other()))', '\'"other is not an event of this contract"\''],
  ['fetchSse({ events: Orders }, () => of(Other()))', '\'"other is not an event of this contract"\''],
  ["sse({ events: Orders }, of({ type: 'ecko', data: {} }))", '\'"ecko is not an event of this contract"\''],
  ['sse({ events: Orders }, others)', '\'"other is not an event of this contract"\''],
  ['fetchSse({ events: Orders }, async () => others)', '\'"other is not an event of this contract"\''],
  ['sse(() => orders.entries())', 'an entry of feed.entries() cannot be sent: read the feed with feed.read(context)'],
  ['sse(orders.entries())', 'an entry of feed.entries() cannot be sent'],
  ['sse({ events: Orders }, () => orders.entries())', 'an entry of feed.entries() cannot be sent'],
  ["fetchSse(async () => orders.entries({ from: 'oldest' }))", 'an entry of feed.entries() cannot be sent'],
  ['sse({ retry: 5 }, () => merge(orders.entries(), of(1)))', 'an entry of feed.entries() cannot be sent'],
  [
    'sse({ events: Orders }, (context) => merge(of(1), orders.read(context)))',
    '\'"a number is not an event of this contract: create one by its definition"\'',
  ],
  [
    "sse({ events: Orders }, (context) => orders.read(context).pipe(mapEvents(() => 'x')))",
    '\'"a string is not an event of this contract: create one by its definition"\'',
  ],
  [
    'sse({ events: Orders }, async (context) => orders.read(context).pipe(mapEvents(() => Other())))',
    '\'"other is not an event of this contract"\'',
  ],
  [
    'sse({ events: Orders }, (context) => (context.signal.aborted ? orders.read(context) : of(Other())))',
    '\'"other is not an event of this contract"\'',
  ],
  [
    'sse({ events: Orders }, NEVER as Observable<unknown>)',
    '\'"a value of any type is not an event of this contract: check it with decodeEvents"\'',
  ],
  [
    "sse({ events: Orders }, () => of({ type: 'order_paid', data: { user: 'a', total: '5' } } as const))",
    '\'"order_paid.data.total does not match its definition in this contract"\'',
  ],
  [
    "sse({ events: Orders }, of({ type: 'order_paid' } as const))",
    '\'"order_paid has no data, and its definition in this contract has"\'',
  ],
  [
    "sse({ events: Orders }, of({ type: 'order_paid' as string, data: null }))",
    '\'"an event whose type is any string is not an event of this contract: create it by its definition"\'',
  ],
  [
    "sse({ events: Orders, onError: () => ({ type: 'order_lost', data: {} }) as const }, NEVER)",
    'type: "order_lost"',
    'TypedEvent<"order_paid"',
  ],
  ['sse({ resume: { snapshot: () => [Other()] } }, orders)', '"other"', '"order_paid"'],
  ['sse({ resume: { snapshot: async () => [Other()] } }, orders)', '"other"', '"order_paid"'],
  ['fetchSse({ resume: { snapshot: () => [Other()] } }, orders)', '"other"', '"order_paid"'],
  ["sse({ resume: { snapshot: () => ({ events: [Other()], cursor: '' }) } }, () => orders)", '"other"', '"order_paid"'],
  ['sse((context) => orders.read(context, { snapshot: async () => [Other()] }))', '"other"', '"order_paid"'],
  ["orders.publish({ type: 'order_lost', data: { user: 'a', total: 5 } })", '"order_lost"', '"order_paid"'],
  ["orders.publish({ type: 'order_paid', data: { user: 'a', totl: 5 } })", "'totl' does not exist", "'total'"],
  ["Orders.OrderPaid({ user: 'a', totl: 5 })", "'totl' does not exist", "'total'"],
  ["Orders.OrderPayed({ user: 'a', total: 5 })", "'OrderPayed' does not exist", "Did you mean 'OrderPaid'?"],
  ["event('rxsse.x')", "rxsse.x is reserved: names that start with rxsse. are the library's own"],
  ["events({ 'rxsse.x': t.null })", "rxsse.x is reserved: names that start with rxsse. are the library's own"],
  ["events({ A: event('a'), a: t.null })", 'two events of this contract are named a'],
  // Values that are read.
  ['orders.read({})', 'RouteContext'],
  ['sse(5)', "'number'", 'Stream<unknown>'],
];

/** Returns the marked code and the first line of each message of the compiler about a program, by line of the code. */
function firstLines(lines: readonly string[], options: ts.CompilerOptions = {}): ReadonlyMap<number, string> {
  const path = 'spec/types/imagined.ts';
  const program = programOf([], new Map([[path, [prelude, ...lines].join('\n')]]), options);
  const source = program.getSourceFile(join(root, path));
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return new Map(
    found.map(({ start = 0, length = 0, messageText }) => [
      source?.getLineAndCharacterOfPosition(start).line ?? 0,
      `${source?.text.slice(start, start + length)}: ${ts.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0]}`,
    ]),
  );
}

/** Returns what an editor shows for the last occurrence of `name` in some code. */
function hoverOf(code: string, name: string): string {
  const path = join(root, 'spec/types/imagined.ts');
  const text = `${prelude}\n${code}`;
  const program = programOf([], new Map([['spec/types/imagined.ts', text]]));
  const service = ts.createLanguageService({
    useCaseSensitiveFileNames: () => true,
    directoryExists: ts.sys.directoryExists,
    getCompilationSettings: () => program.getCompilerOptions(),
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const content = file === path ? text : ts.sys.readFile(file);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    fileExists: (file) => file === path || ts.sys.fileExists(file),
    readFile: (file) => (file === path ? text : ts.sys.readFile(file)),
  });
  const info = service.getQuickInfoAtPosition(path, text.lastIndexOf(name));
  return ts.displayPartsToString(info?.displayParts);
}

describe('the compiler', () => {
  let messages: ReadonlyMap<number, string>;
  before(function () {
    this.timeout(60_000);
    messages = firstLines(mistakes.map(([code]) => code));
  });

  for (const [index, [code, ...named]] of mistakes.entries()) {
    it(`rejects ${code}, and names the cause in its first line`, () => {
      const message = messages.get(index + 1);
      expect(message, code).to.be.a('string');
      for (const text of named) expect(message).to.contain(text);
    });
  }

  it('accepts correct code', () => {
    const code = [
      'sse({ heartbeat: 15 }, NEVER);',
      'sse({ query: { page: IntFromString } }, ({ query }) => of(query.page));',
      "sse({ events: Orders }, of({ type: 'order_paid', data: { user: 'a', total: 5 } } as const));",
      'sse({ events: Orders }, (c) => (c.signal.aborted ? orders : of(Orders.OrderPaid({ user: "a", total: 5 }))));',
      'sse({ retry: 5 }, (c) => (c.signal.aborted ? of(5) : of("a")));',
      'sse({ events: Orders }, NEVER as Observable<any>);',
      'sse(() => orders.events());',
      'sse((context) => (context.signal.aborted ? of(1) : orders));',
      'sse(async function* () { yield 1; });',
      'sse([1, "a"]);',
      'sse((context) => orders.read(context));',
      'sse(NEVER as Observable<any>);',
    ];
    expect([...firstLines(code).values()]).to.deep.equal([]);
  }).timeout(60_000);

  for (const [app, options] of Object.entries({
    'Nest 11': { strict: false, strictNullChecks: true },
    'Nest 10': { strict: false },
  })) {
    it(`infers the events of operators in a route with the options of an app that the CLI of ${app} created`, () => {
      const code = [
        "import { conflateBy, dedupe, filterEvents, groupedWithin, mapAsync, matchEvents, mergeFeeds, ofType } from 'rxsse';",
        'const paid = (total: number) => Orders.OrderPaid({ user: "a", total });',
        ...[
          'filterEvents(({ data }) => data.total > 5)',
          "filterEvents((order) => order.type === 'order_paid' && order.data.total > 5)",
          'mapEvents(({ data }) => paid(data.total))',
          'filterEvents(({ data }) => data.total > 5), mapEvents(({ data }) => paid(data.total))',
          'mapAsync(async ({ data }) => paid(data.total), { concurrency: 2 })',
          'conflateBy(({ data }) => data.user, { interval: 5 })',
          'dedupe(({ data }) => data.user)',
          'ofType(Orders.OrderPaid)',
          'groupedWithin({ maxEvents: 2 }), mapEvents((group) => paid(group.length + group[0]!.data.total))',
        ].map((operators) => `sse({ events: Orders }, (context) => orders.read(context).pipe(${operators}));`),
        'sse((context) => orders.read(context).pipe(matchEvents({ order_paid: ({ data }) => data.total })));',
        'sse((context) => mergeFeeds({ orders }, context).pipe(filterEvents(({ data }) => data.total > 5)));',
        "fromSse('/', Orders).pipe(mapEvents(({ data }) => data.total));",
      ];
      expect([...firstLines(code, options).values()]).to.deep.equal([]);
    }).timeout(60_000);
  }
});

describe('an editor', () => {
  it('shows the fields of a context that the options determine, and no others', () => {
    const code = `sse({ query: { page: IntFromString }, onOpen: (context) => {} }, NEVER);`;
    expect(hoverOf(code, 'context')).to.equal(
      '(parameter) context: SseContext<{\n    query: {\n        page: number;\n    };\n}>',
    );
  }).timeout(60_000);

  it('shows the data of an event', () => {
    const code = 'sse(orders$ => orders.read(orders$).pipe()); const { OrderPaid } = Orders;';
    expect(hoverOf(code, 'OrderPaid')).to.contain('EventDefinition<"order_paid", {');
  }).timeout(60_000);
});
