import { answers } from './answers.ts';
import { append, processes } from './append.ts';
import { compressed } from './compressed.ts';
import { bursts, fanOut, latency } from './fanOut.ts';
import { byEvents, byFeeds, byReaders, byReadersInBursts, bySize, calibration, options } from './growth.ts';
import { herd } from './herd.ts';
import { inspector } from './inspector.ts';
import { across, catchUp, redis } from './logs.ts';
import { feeds, feedsFlatOut, pipelineBursts, pipelines, relay, stuck } from './own.ts';
import { parser } from './parser.ts';
import { one, subject, subjectBursts, subjectReaders, subjectTurn } from './plain.ts';
import type { Row } from './Row.ts';
import { connects, heartbeat, memory, replay } from './readers.ts';
import { turn } from './turns.ts';

/** The rows in the order in which they are measured. */
export const rows: readonly Row[] = [
  calibration,
  fanOut,
  bursts,
  subject,
  subjectBursts,
  subjectReaders,
  subjectTurn,
  latency,
  turn,
  one,
  relay,
  answers,
  pipelines,
  pipelineBursts,
  memory,
  heartbeat,
  connects,
  replay,
  stuck,
  feeds,
  feedsFlatOut,
  byReaders,
  byReadersInBursts,
  byEvents,
  byFeeds,
  bySize,
  options,
  inspector,
  compressed,
  parser,
  append,
  processes,
  across,
  catchUp,
  redis,
  herd,
];
