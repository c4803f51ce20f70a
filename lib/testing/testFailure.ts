import { fileURLToPath } from 'node:url';

/** The values that a test runner shows as a difference beside the message. */
interface Difference {
  readonly actual: string;
  readonly expected: string;
}

/** The call site of an assertion. */
export type Site = { readonly stack?: string };

/**
 * Creates the error of a failed test in the form that mocha, node:test, Vitest and Jest know: they draw the difference
 * themselves, and the stack starts at the assertion's line.
 */
export function testFailure(message: string, site?: Site, difference?: Difference): Error {
  const error = new Error(message);
  error.name = 'AssertionError';
  const frames = site?.stack?.split('\n').slice(1);
  if (frames !== undefined) error.stack = [`AssertionError: ${message}`, ...frames].join('\n');
  // Jest omits a message that it takes for a generated one.
  return Object.assign(error, { generatedMessage: false, showDiff: difference !== undefined, ...difference });
}

/** Returns the call site of `assertion`. */
export function siteOf(assertion: (...args: never[]) => unknown): Site {
  const site: { stack?: string } = {};
  Error.captureStackTrace(site, assertion);
  return site;
}

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
