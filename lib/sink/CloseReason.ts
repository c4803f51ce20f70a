/**
 * Why a connection is over.
 *
 * `left`: the reader went, or its connection broke · `completed`: the stream
 * ended, and that was said · `failed`: it failed, or the log cannot be read ·
 * `timeout`: it said nothing for too long, or did not end · `stalled`: the
 * socket took nothing for too long · `overflow`: the reader was too slow for a
 * stream that no log remembers · `aged`, `expired`: `maxAge`, `expiresAt` ·
 * `drained`: the server shuts down · `refused`: it was answered with something
 * other than the stream.
 *
 * @category sink
 */
export type CloseReason =
  | 'disconnected'
  | 'completed'
  | 'failed'
  | 'timeout'
  | 'stalled'
  | 'overflow'
  | 'max-age'
  | 'expired'
  | 'shutdown'
  | 'refused';
