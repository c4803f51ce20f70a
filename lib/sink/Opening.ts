import type { Gap } from '../event/Gap.ts';

/** How one response begins: its headers and its first blocks, settled before the first byte. */
export interface Opening {
  readonly headers: Readonly<Record<string, string>>;
  readonly blocks: string;
  /** What the reader is told there that it missed. */
  readonly gap?: Gap['data'];
}
