import { fileURLToPath } from 'node:url';

/** The whole package is skipped: a timer of a feed belongs to the line that created the feed. */
const ours = new URL('..', import.meta.url);
const foreign = [ours.href, fileURLToPath(ours).replaceAll('\\', '/'), '/node_modules/rxjs/', 'node:'];

/** Returns the line of the user's code that the running call came from, or `undefined` where stacks have none. */
export function callSite(): string | undefined {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  // Between a timer and the line that scheduled it are about a dozen frames of RxJS.
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
