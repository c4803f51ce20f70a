import { itServes } from './behavior.ts';

describe('the example on Koa', () => {
  itServes('koa', { pattern: '/orders/:user', errorBody: (_status, message) => message });
});
