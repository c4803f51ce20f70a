import { fileURLToPath } from 'node:url';

const kit = new URL('.', import.meta.url);
const foreign = [kit.href, fileURLToPath(kit).replaceAll('\\', '/'), '/node_modules/rxjs/', 'node:'];

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
