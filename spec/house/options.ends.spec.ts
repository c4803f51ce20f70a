import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { fromSse } from '../../lib/client/index.ts';
import { connectionLimit, events, feed, feeds, receive, shutdown, sse } from '../../lib/index.ts';
import { textOf } from './repo.ts';

const Ticks = events({ Tick: t.number });

/** Passes a value for one option of the table. */
const callers: Readonly<Record<string, (option: string, value: number) => unknown>> = {
  '## `sse(options, stream)`': (option, value) =>
    sse(
      option === 'queue'
        ? { queue: { maxBytes: value } }
        : option === 'timeout'
          ? { timeout: { total: value } }
          : { [option]: value },
      NEVER,
    ),
  '### `timeout`': (option, value) => sse({ timeout: { [option]: value } }, NEVER),
  '### `compression`': (option, value) => sse({ compression: { [option]: value } }, NEVER),
  '### `resume`': (option, value) => sse({ resume: { [option]: value } }, () => NEVER),
  '## `feed(contract, options)`': (option, value) => feed(Ticks, { [option]: value }),
  '## `feeds(contract, options)`': (option, value) => feeds(Ticks, { [option]: value }),
  '## `receive(feed, options)`': (option, value) => receive(feed(Ticks), { [option]: value }),
  '## `connectionLimit(options)`': (option, value) => connectionLimit({ [option]: value }),
  '## `shutdown(targets, options)`': (option, value) =>
    shutdown([], option === 'retry' ? { retry: [value, value] } : { [option]: value }),
  '## `fromSse(target, contract, options)`': (option, value) => fromSse('/', Ticks, { [option]: value }),
  '### `backoff`': (option, value) => fromSse('/', Ticks, { backoff: { [option]: value } }),
};

describe('the ends of an option', () => {
  const text = textOf('docs/options.md');

  for (const [heading, call] of Object.entries(callers)) {
    const [section = ''] = (text.split(`${heading}\n`)[1] ?? '').split(/\n#/);
    for (const [, option = '', zero = '', infinity = ''] of section.matchAll(
      /^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|[^|]*\|$/gm,
    )) {
      for (const [value, documented] of [
        [0, zero.trim()],
        [Infinity, infinity.trim()],
      ] as const) {
        if (documented === '') continue;
        it(`${heading.replace(/[#` ]/g, '')} ${option} ${value}: ${documented}`, () => {
          const attempt = () => call(option, value);
          if (documented === 'refused') expect(attempt).to.throw(RangeError, option);
          else expect(attempt).not.to.throw();
        });
      }
    }
  }
});
