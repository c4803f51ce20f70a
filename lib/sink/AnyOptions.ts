import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { Shape } from '../event/Shape.ts';
import type { Admission } from './admission.ts';
import type { BacklogLimits } from './Backlog.ts';
import type { CloseReason } from './CloseReason.ts';
import type { Counters } from './Counters.ts';
import type { Overflow } from './overflow.ts';
import type { ResumeOptions } from './ResumeOptions.ts';
import type { SseContext, TimeoutOptions } from './SseOptions.ts';

/** A context whose types only the caller of `sse` knows. */
export type AnyContext = SseContext<unknown, unknown, unknown, unknown, unknown>;

/** The options of `sse` without the types that tie them to each other. */
export interface AnyOptions {
  readonly events?: Contract;
  readonly query?: Shape;
  readonly params?: Shape;
  readonly body?: Shape;
  readonly state?: (request: unknown) => unknown;
  readonly heartbeat?: number;
  readonly retry?: number;
  readonly onError?: (error: unknown, context: AnyContext) => unknown;
  readonly resume?: true | ResumeOptions<unknown, AnyContext>;
  readonly overflow?: Overflow<unknown>;
  readonly queue?: Partial<BacklogLimits>;
  readonly maxEventBytes?: number;
  readonly stall?: number;
  readonly timeout?: TimeoutOptions;
  readonly headWait?: number;
  readonly maxAge?: number;
  readonly expiresAt?: (context: AnyContext) => Date | undefined;
  readonly admission?: Admission<unknown>;
  readonly onOpen?: (context: AnyContext) => void;
  readonly onClose?: (reason: CloseReason, counters: Counters, context: AnyContext) => void;
  readonly onGap?: (gap: Gap['data'], context: AnyContext) => void;
  readonly onOverflow?: (dropped: number, context: AnyContext) => void;
}
