import { itServes } from './behavior.ts';

describe('the example on NestJS on Express', () => {
  itServes('nestExpress', { pattern: '/orders/:user', errorBody: (statusCode, message) => ({ statusCode, message }) });
});
