import * as t from 'io-ts';
import { interval, mergeMap, timeInterval } from 'rxjs';
import { conflateBy, type EventOf, feed, memoryLog, sse } from 'rxsse';
import { watch } from 'rxsse/inspector';
import { Prices } from './events.ts';

const letters = 'ABEKLORT';
const symbols = Array.from({ length: 500 }, (_, n) => [n >> 6, (n >> 3) & 7, n & 7].map((at) => letters[at]).join(''));

/** Publishes random prices of 500 symbols while there are readers, `rate` updates a second. */
export function pricesFeed(rate = 5000) {
  const newest = new Map(
    symbols.map((symbol) => [symbol, Prices.Price({ symbol, price: startPrice(), updates: 0, total: 0 })]),
  );
  let total = 0;

  const update = () => {
    const symbol = symbols[Math.floor(Math.random() * symbols.length)] as string;
    const { price, updates } = (newest.get(symbol) as EventOf<typeof Prices>).data;
    total += 1;
    const updated = Prices.Price({ symbol, price: nextPrice(price), updates: updates + 1, total });
    newest.set(symbol, updated);
    return updated;
  };
  const source = interval(20).pipe(
    timeInterval(),
    mergeMap(({ interval }) => Array.from({ length: Math.round((interval * rate) / 1000) }, update)),
  );

  // Half a minute: a reader that was away for longer gets a gap, and all prices again.
  const log = memoryLog({ maxEntries: 30 * rate, maxBytes: 64 * 2 ** 20 });
  return Object.assign(feed(Prices, { source, log, linger: 30_000 }), { newest: async () => [...newest.values()] });
}

/** The intervals that a reader may choose, in milliseconds. */
const query = { interval: t.keyof({ 50: null, 250: null, 1000: null }) };

/** Sends each reader all prices first, and then the newest of each symbol as often as it requests. */
export function pricesRoute(prices: ReturnType<typeof pricesFeed>) {
  return sse({ events: Prices, query }, (context) =>
    prices.read(context, { snapshot: prices.newest }).pipe(
      watch('updates'),
      conflateBy(({ data }) => data.symbol, { interval: Number(context.query.interval) }),
      watch('conflated'),
    ),
  );
}

function startPrice(): number {
  return Math.round(1000 + 30_000 * Math.random() ** 2) / 100;
}

function nextPrice(price: number): number {
  const moved = price * (1 + 0.003 * (Math.random() - 0.5));
  // Below this a step would be rounded away.
  return Math.round(Math.max(moved, 5) * 100) / 100;
}
