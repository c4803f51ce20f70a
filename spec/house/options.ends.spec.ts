import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { admission, drain, events, feed, feeds, receive, sse } from '../../lib/index.ts';
import { textOf } from './repo.ts';

const Ticks = events({ Tick: t.number });

/** Gives one option a value, where the table says that it may be given one. */
const given: Readonly<Record<string, (option: string, value: number) => unknown>> = {
  '## `sse(stream, options)`': (option, value) =>
    sse(
      NEVER,
      option === 'queue'
        ? { queue: { bytes: value } }
        : option === 'timeout'
          ? { timeout: { all: value } }
          : { [option]: value },
    ),
  '### `timeout`': (option, value) => sse(NEVER, { timeout: { [option]: value } }),
  '### `resume`': (option, value) => sse(() => NEVER, { resume: { [option]: value } }),
  '## `feed(contract, options)`': (option, value) => feed(Ticks, { [option]: value }),
  '## `feeds(contract, options, { ... })`': (option, value) => feeds(Ticks, () => ({}), { [option]: value }),
  '## `receive(feed, options)`': (option, value) => receive(feed(Ticks), { [option]: value }),
  '## `admission(options)`': (option, value) => admission({ [option]: value }),
  '## `drain(targets, options)`': (option, value) =>
    drain([], option === 'retry' ? { retry: [value, value] } : { [option]: value }),
};

describe('the ends of an option', () => {
  const text = textOf('docs/options.md');

  for (const [heading, give] of Object.entries(given)) {
    const [section = ''] = (text.split(`${heading}\n`)[1] ?? '').split(/\n#/);
    for (const [, option = '', zero = '', infinity = ''] of section.matchAll(
      /^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|[^|]*\|$/gm,
    )) {
      for (const [value, said] of [
        [0, zero.trim()],
        [Infinity, infinity.trim()],
      ] as const) {
        if (said === '') continue;
        it(`${heading.replace(/[#` ]/g, '')} ${option} ${value}: ${said}`, () => {
          const attempt = () => give(option, value);
          if (said === 'refused') expect(attempt).to.throw(RangeError, option);
          else expect(attempt).not.to.throw();
        });
      }
    }
  }
});
