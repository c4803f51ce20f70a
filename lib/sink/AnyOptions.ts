import type { Shape } from '../codec/Shape.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { BacklogLimits } from './Backlog.ts';
import type { CloseReason } from './CloseReason.ts';
import type { CloseStats } from './Counters.ts';
import type { ConnectionLimit } from './connectionLimit.ts';
import type { Overflow } from './overflow.ts';
import type { ResumeOptions } from './ResumeOptions.ts';
import type { ResponseHeaders, SseContext, TimeoutOptions } from './SseOptions.ts';

/** A context whose types only the caller of `sse` knows. */
export type AnyContext = SseContext<{
  query: unknown;
  params: unknown;
  body: unknown;
  state: unknown;
  request: unknown;
}>;

/** The options of `sse` without the types that tie them to each other. */
export interface AnyOptions {
  readonly events?: Contract;
  readonly query?: Shape;
  readonly params?: Shape;
  readonly body?: Shape;
  readonly state?: (request: unknown) => unknown;
  readonly heartbeat?: number | false;
  readonly headers?: ResponseHeaders | ((context: AnyContext) => ResponseHeaders);
  readonly retry?: number;
  readonly onError?: (error: unknown, context: AnyContext) => unknown;
  readonly resume?: boolean | ResumeOptions<unknown, AnyContext>;
  readonly overflow?: Overflow<unknown>;
  readonly queue?: Partial<BacklogLimits>;
  readonly maxEventBytes?: number;
  readonly stallTimeout?: number;
  readonly timeout?: TimeoutOptions;
  readonly maxHeadDelay?: number;
  readonly maxAge?: number;
  readonly expiresAt?: (context: AnyContext) => Date | undefined;
  readonly connectionLimit?: ConnectionLimit<unknown>;
  readonly onOpen?: (context: AnyContext) => void;
  readonly onClose?: (reason: CloseReason, counters: CloseStats, context: AnyContext) => void;
  readonly onGap?: (gap: Gap['data'], context: AnyContext) => void;
  readonly onOverflow?: (dropped: number, context: AnyContext) => void;
}
