import type { Subject } from './harness/Subject.ts';
import { subject as conflateBy } from './subjects/conflateBy.ts';
import { subject as decodeEvents } from './subjects/decodeEvents.ts';
import { subject as dedupe } from './subjects/dedupe.ts';
import { subject as filterEvents } from './subjects/filterEvents.ts';
import { subject as groupedWithin } from './subjects/groupedWithin.ts';
import { subject as keepAlive } from './subjects/keepAlive.ts';
import { subject as mapAsync } from './subjects/mapAsync.ts';
import { subject as mapEvents } from './subjects/mapEvents.ts';
import { subject as matchEvents } from './subjects/matchEvents.ts';
import { subject as mergeEvents } from './subjects/mergeEvents.ts';
import { subject as ofType } from './subjects/ofType.ts';
import { subject as rateLimit } from './subjects/rateLimit.ts';
import { subject as restartWithBackoff } from './subjects/restartWithBackoff.ts';
import { subject as timeouts } from './subjects/timeouts.ts';
import { subject as toAsyncIterable } from './subjects/toAsyncIterable.ts';

/** Every operator by its name. harness.slow.spec.ts fails for an operator that is missing here. */
export const subjects: Readonly<Record<string, Subject>> = {
  conflateBy,
  decodeEvents,
  dedupe,
  filterEvents,
  groupedWithin,
  keepAlive,
  mapAsync,
  mapEvents,
  matchEvents,
  mergeEvents,
  ofType,
  rateLimit,
  restartWithBackoff,
  toAsyncIterable,
  timeouts,
};
