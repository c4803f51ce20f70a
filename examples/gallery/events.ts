import * as t from 'io-ts';
import { events, Int } from 'rxsse';

/** A price, the number of updates of its symbol, and the number of updates of all symbols so far. */
export const Prices = events({ Price: { symbol: t.string, price: t.number, updates: Int, total: Int } });

/** A line of a log. The page's bundle shares this file with the server. */
export const LogLines = events({ Line: { text: t.string } });
