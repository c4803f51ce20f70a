import { fileURLToPath } from 'node:url';

/** The whole package: a timer of a feed came of the line that made the feed. */
const ours = new URL('..', import.meta.url);
const foreign = [ours.href, fileURLToPath(ours).replaceAll('\\', '/'), '/node_modules/rxjs/', 'node:'];

/** The place in the user's own code that the call now running came from, or `undefined` where stacks tell none. */
export function callSite(): string | undefined {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  // Between a timer and the line that asked for it lie a dozen frames of RxJS.
  Error.stackTraceLimit = 50;
  Error.captureStackTrace(holder, callSite);
  const stack = holder.stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  return stack.split('\n').slice(1).find(isForeign)?.trim().replace(/^at /, '');
}

function isForeign(line: string): boolean {
  const path = line.replaceAll('\\', '/');
  return !foreign.some((part) => path.includes(part));
}
