import { itServes } from './behavior.ts';

describe('the example on Hono', () => {
  const { Request, Response } = globalThis;

  // The server of Hono replaces them by its own.
  after(() => Object.assign(globalThis, { Request, Response }));

  itServes('hono', { pattern: '/orders/ada', errorBody: (_status, message) => ({ message }) });
});
