import type { Numbered } from '../Scenario.ts';

/** Returns one event as text, as one writes it by hand. */
export function frame({ n, tick }: Numbered): string {
  return `id: ${n}\nevent: tick\ndata: ${JSON.stringify(tick)}\n\n`;
}

/** The headers of a response, as one writes them by hand. */
export const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

export const comment = ':\n\n';
