import { itServes } from './behavior.ts';

describe('the example on Koa', () => {
  itServes('koa', { pattern: '/orders/:user', hasPage: true, errorBody: (_status, message) => message });
});
