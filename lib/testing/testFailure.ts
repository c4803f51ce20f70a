/** What a runner shows as a difference beside the message. */
interface Difference {
  readonly actual: string;
  readonly expected: string;
}

/** Where an assertion stands in the user's code. */
export type Site = { readonly stack?: string };

/**
 * A failed test, in the form that mocha, node:test, Vitest and Jest know: they
 * draw the difference themselves, and the stack begins at the assertion's line.
 */
export function testFailure(message: string, site?: Site, difference?: Difference): Error {
  const error = new Error(message);
  error.name = 'AssertionError';
  const frames = site?.stack?.split('\n').slice(1);
  if (frames !== undefined) error.stack = [`AssertionError: ${message}`, ...frames].join('\n');
  // Jest leaves a message out that it takes for generated.
  return Object.assign(error, { generatedMessage: false, showDiff: difference !== undefined, ...difference });
}

/** The place that called `assertion`. */
export function siteOf(assertion: (...args: never[]) => unknown): Site {
  const site: { stack?: string } = {};
  Error.captureStackTrace(site, assertion);
  return site;
}
