import { itServes } from './behavior.ts';

describe('the example on Koa', () => {
  itServes('koa', { errorBody: (_status, message) => message });
});
