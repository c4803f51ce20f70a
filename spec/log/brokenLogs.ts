import { catchError, concatMap, defer, from, map, merge, NEVER, of, Subject, timer, toArray } from 'rxjs';
import type { EventLog, Page } from '../../lib/log/EventLog.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import type { OpenLog } from '../../lib/testing/logSuite.ts';
import { broken, brokenDrafts, brokenPages, edited, sound, started, withOverrides } from './broken.ts';

const empty = new Uint8Array(0);

/** The mistake of a broken log, the log, and the test that must fail. */
export const brokenLogs: readonly (readonly [string, OpenLog, RegExp])[] = [
  ['drops a name', brokenDrafts((draft) => ({ ...draft, event: undefined })), /as it was appended/],
  ['drops a retry', brokenDrafts((draft) => ({ ...draft, retry: undefined })), /as it was appended/],
  ['joins lines', brokenDrafts((draft) => ({ ...draft, data: draft.data.replaceAll('\n', '') })), /as it was appended/],
  ['stores one script only', edited((text) => text.replaceAll('世', '?')), /as it was appended/],
  ['leaves out an entry', edited((text) => text.replace(/id: \S+\.7\n[\s\S]*?\n\n/, '')), /without a hole/],
  ['leaves out an id', edited((text) => text.replace(/id: \S+\.7\n/, '')), /without a hole/],
  ['has ids of another epoch', edited((text) => text.replace(/id: 1\.../g, 'id: 1.__')), /without a hole/],
  ['splits a block', brokenPages((page) => ({ ...page, bytes: page.bytes.subarray(0, -1) })), /without a hole/],
  ['has an epoch that no cursor can have', brokenPages((page) => ({ ...page, epoch: 'a.b' })), /is empty at first/],
  [
    'returns a tail that its page has not reached',
    brokenPages((page) => ({ ...page, tail: page.tail + 1 })),
    /is empty at first/,
  ],
  [
    'has one epoch for all its logs',
    brokenPages((page) => ({ ...page, epoch: 'always', past: [{ epoch: page.epoch, last: page.tail }] })),
    /an epoch of its own/,
  ],
  [
    'changes its epoch with its first entry, and does not list the old one',
    brokenPages((page) => (page.tail === 0 ? { ...page, epoch: 'before' } : page)),
    /numbers entries from 1/,
  ],
  [
    'numbers from 0',
    broken((log) => ({
      append: (drafts, options) => {
        const shift = map(({ epoch, first, last }) => ({ epoch, first: first - 1, last: last - 1 }));
        return log.append(drafts, options).pipe(shift);
      },
    })),
    /numbers entries from 1/,
  ],
  [
    'appends only when it is subscribed to',
    broken((log) => ({ append: (drafts, options) => defer(() => log.append(drafts, options)) })),
    /without a subscriber/,
  ],
  [
    'splits a batch',
    broken((log) => ({
      append: (drafts) => {
        const parts = from(drafts).pipe(concatMap((draft) => timer(0).pipe(concatMap(() => log.append([draft])))));
        const whole = map((all: readonly { epoch: string; last: number }[]) => {
          const { epoch = '', last = 0 } = all.at(-1) ?? {};
          return { epoch, first: last - drafts.length + 1, last };
        });
        return started(parts.pipe(toArray(), whole));
      },
    })),
    /concurrent batches whole/,
  ],
  [
    'adds an entry for an empty batch',
    broken((log) => ({
      append: (drafts, options) => {
        if (drafts.length === 0) log.append([{ event: undefined, data: '', retry: undefined }]);
        return log.append(drafts, options);
      },
    })),
    /adds nothing/,
  ],
  ['forgets keys', broken((log) => ({ append: (drafts) => log.append(drafts) })), /appends once for each key/],
  ['ignores maxBytes', broken((log) => ({ read: (after) => log.read(after, Infinity) })), /at most maxBytes/],
  ['reads one entry at a time', broken((log) => ({ read: (after) => log.read(after, 1) })), /half full/],
  [
    'returns no entry when the first one is larger than the page',
    brokenPages((page, after, most) => (page.bytes.length > most ? { ...page, bytes: empty, last: after } : page)),
    /at least one entry/,
  ],
  [
    'moves a position beyond its tail back to the tail',
    brokenPages((page) => ({ ...page, after: Math.min(page.after, page.tail), last: Math.min(page.last, page.tail) })),
    /at the tail and after it/,
  ],
  [
    'reads into the bytes of an earlier page',
    broken((log) => {
      const shared = new Uint8Array(2 ** 23);
      const overwrite = map((page: Page) => {
        shared.set(page.bytes);
        return { ...page, bytes: shared.subarray(0, page.bytes.length) };
      });
      return { read: (after, maxBytes) => log.read(after, maxBytes).pipe(overwrite) };
    }),
    /never changes a page/,
  ],
  ['never trims', () => sound({ entries: 100_000 }), /removes the oldest/],
  ['retains too few entries', ({ entries }) => sound({ entries: Math.ceil(entries / 2) }), /removes the oldest/],
  [
    'hides that it has trimmed entries',
    brokenPages((page, after) => ({ ...page, floor: 0, after: Math.min(page.after, after) })),
    /while it removes entries/,
  ],
  ['never wakes', broken(() => ({ wakes: NEVER })), /miss no entry.*after its page has arrived/],
  [
    'wakes before the entry can be read',
    broken((log) => {
      const wakes = new Subject<void>();
      return {
        wakes,
        append: (drafts) => {
          wakes.next();
          return started(timer(5).pipe(concatMap(() => log.append(drafts))));
        },
      };
    }),
    /miss no entry/,
  ],
  [
    'wakes for every other append',
    broken((log) => {
      const wakes = new Subject<void>();
      let count = 0;
      log.wakes.subscribe({ next: () => count++ % 2 === 0 || wakes.next(), complete: () => wakes.complete() });
      return { wakes };
    }),
    /wakes often enough|miss no entry/,
  ],
  ['does not complete its wakes', broken((log) => ({ wakes: merge(log.wakes, NEVER) })), /completes `wakes`/],
  [
    'ends without a wake',
    broken((log) => {
      let ended = false;
      const wakes = new Subject<void>();
      log.wakes.subscribe({ next: () => ended || wakes.next(), complete: () => wakes.complete() });
      return {
        wakes,
        end: (how) => {
          ended = true;
          return log.end(how);
        },
      };
    }),
    /has ended so, and wakes/,
  ],
  ['forgets how it ended', broken((log) => ({ end: () => log.end('completed') })), /has 'failed' as the end/],
  ['does not report its end', brokenPages((page) => ({ ...page, ended: false })), /as the end of every page/],
  [
    'forgets its tail at the end',
    broken((log) => ({ end: (how) => log.end(how).pipe(map((s) => ({ ...s, tail: 0 }))) })),
    /ends after all batches/,
  ],
  [
    'ends again',
    broken((log) => ({ end: (how) => log.end(how).pipe(map((state) => ({ ...state, ended: how }))) })),
    /ends once/,
  ],
  [
    'acknowledges an append after its end',
    broken((log) => ({
      append: (drafts, options) =>
        log.append(drafts, options).pipe(catchError(() => of({ epoch: 'e', first: 1, last: drafts.length }))),
    })),
    /rejects an append after the end/,
  ],
  ['is never closed', broken(() => ({ close: () => {} })), /rejects every operation/],
  [
    'is empty after a restart, in its old epoch',
    (retention) => {
      const tested = sound(retention);
      const fresh = sound(retention).log;
      const read: EventLog['read'] = (after, most) =>
        fresh
          .read(after, most)
          .pipe(concatMap((page) => tested.log.read(0, 0).pipe(map(({ epoch }) => ({ ...page, epoch })))));
      return { ...tested, reopen: () => withOverrides(fresh, { read }) };
    },
    /over a restart/,
  ],
  ['ignores the prefix of its epochs', broken(() => ({ prefixEpochs: () => {} })), /starts its epochs with the prefix/],
  [
    'adds nothing to the prefix of its epochs',
    broken((log) => {
      let prefix: string | undefined;
      const renamed = <T extends { readonly epoch: string }>(value: T): T => ({
        ...value,
        epoch: prefix ?? value.epoch,
      });
      return {
        prefixEpochs: (text) => {
          prefix = text;
        },
        append: (drafts, options) => log.append(drafts, options).pipe(map(renamed)),
        read: (after, most) =>
          log
            .read(after, most)
            .pipe(map((page) => ({ ...renamed(page), past: [{ epoch: page.epoch, last: page.tail }] }))),
      };
    }),
    /another epoch than a log of another storage/,
  ],
  [
    'has another prefixed epoch for each writer',
    (retention) => ({ ...sound(retention), second: () => memoryLog() }),
    /same epoch for another writer with the same prefix/,
  ],
  [
    'has more than the prefix while nothing is stored',
    (retention) => {
      const tested = sound(retention);
      return { ...tested, reopen: () => withOverrides(tested.log, {}) };
    },
    /the prefix alone as its epoch/,
  ],
  [
    'has a second writer with a log of its own',
    (retention) => ({ ...sound(retention), second: () => memoryLog() }),
    /two concurrent writers/,
  ],
];
