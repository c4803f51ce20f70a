import { isLeft } from 'fp-ts/lib/Either.js';
import { checkBoolean, checkOneOf } from '../data/check.ts';
import { checkOptions, type OptionKinds } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { parseCursor } from '../event/cursor.ts';
import { isContract } from '../event/events.ts';
import type { OverflowConflation, QueueOptions } from './Backlog.ts';
import type { ConnectionLimit } from './connectionLimit.ts';
import type { CompressionOptions } from './gzip/Compression.ts';
import type { ResumeOptions } from './ResumeOptions.ts';
import { checkOrigins } from './requestInputs.ts';
import type { SseOptions } from './SseOptions.ts';
import type { TimeoutOptions } from './Timeouts.ts';
import type { WireOptions } from './Wire.ts';

const sseKinds: OptionKinds<SseOptions> = {
  events: '',
  query: '',
  params: '',
  body: '',
  methods: 'object',
  allowedOrigins: '',
  state: 'function',
  heartbeat: '',
  retry: '',
  resume: '',
  wire: '',
  overflow: '',
  queue: 'object',
  stallTimeout: '',
  maxAge: '',
  timeout: 'object',
  maxHeadDelay: '',
  maxEventBytes: '',
  headers: 'object or function',
  compression: '',
  connectionLimit: 'object',
  expiresAt: 'function',
  onInvalidInput: 'function',
  onOpen: 'function',
  onClose: 'function',
  onGap: 'function',
  onOverflow: 'function',
  onError: 'function',
};
const resumeKinds: OptionKinds<ResumeOptions<unknown, unknown>> = {
  from: 'string or function',
  gapPolicy: '',
  snapshot: 'function',
  linger: '',
  owner: 'function',
  log: 'function',
  location: 'function',
  waitUntil: 'function',
  maxRuns: '',
  maxRunsPerOwner: '',
};
const compressionKinds: OptionKinds<CompressionOptions> = { maxBytes: '' };
const queueKinds: OptionKinds<QueueOptions> = { maxBytes: '', maxEvents: '' };
const timeoutKinds: OptionKinds<TimeoutOptions> = { first: '', idle: '', total: '' };
const wireKinds: OptionKinds<WireOptions> = { control: '', end: '', gap: '', retry: '' };
const overflowKinds: OptionKinds<OverflowConflation<unknown>> = { conflateBy: 'function', merge: 'function' };

/**
 * Checks the names of the options of `sse`, and the values that are no bounds and no waits.
 *
 * @param others the kinds of the options that an adapter adds
 * @throws TypeError for an option of another name or with a value of a wrong type.
 */
export function checkSseOptions(options: object, others: Readonly<Record<string, string>>): void {
  checkOptions('sse', options, { ...sseKinds, ...others });
  const { events, resume, queue, timeout, wire, overflow, connectionLimit, allowedOrigins } = options as SseOptions;
  const { compression, headers } = options as SseOptions;
  if (events !== undefined && !isContract(events)) {
    throw new TypeError(`sse: events must be made by events({ ... }), got ${kindOf(events)}`);
  }
  if (isNonNull(resume)) {
    checkOptions('sse: resume', resume, resumeKinds);
    const { gapPolicy, from } = resume;
    if (typeof from === 'string' && from !== 'live' && from !== 'oldest' && isLeft(parseCursor(from))) {
      throw new TypeError(`sse: resume.from must be 'live', 'oldest' or a cursor, got ${JSON.stringify(from)}`);
    }
    if (gapPolicy !== undefined) checkOneOf('sse: resume.gapPolicy', gapPolicy, ['replay', 'skip', 'end']);
  }
  if (allowedOrigins !== undefined) checkOrigins('sse: allowedOrigins', allowedOrigins);
  if (queue !== undefined) checkOptions('sse: queue', queue, queueKinds);
  if (timeout !== undefined) checkOptions('sse: timeout', timeout, timeoutKinds);
  if (isNonNull(wire)) checkOptions('sse: wire', wire, wireKinds);
  checkOverflow(overflow);
  checkCompression(compression, headers);
  if (connectionLimit !== undefined && typeof (connectionLimit as ConnectionLimit).enter !== 'function') {
    throw new TypeError('sse: connectionLimit must be made by connectionLimit({ ... }), got object');
  }
}

function checkCompression(compression: unknown, headers: SseOptions['headers']): void {
  if (compression === undefined || compression === false) return;
  if (isNonNull(compression)) checkOptions('sse: compression', compression, compressionKinds);
  else checkBoolean('sse: compression', compression, 'or give { maxBytes }');
  if (Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'content-encoding')) {
    throw new TypeError('sse: headers has Content-Encoding, which compression sets; leave one of the two out');
  }
}

function checkOverflow(overflow: unknown): void {
  if (overflow === undefined) return;
  if (!isNonNull(overflow)) return checkOneOf('sse: overflow', overflow, ['disconnect', 'drop-oldest'], 'an object');
  checkOptions('sse: overflow', overflow, overflowKinds);
  if (!('conflateBy' in overflow)) throw new TypeError('sse: overflow.conflateBy must be a function, got undefined');
}

function isNonNull(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
