import { itServes } from './behavior.ts';

describe('the example on NestJS on Express', () => {
  itServes('nestExpress', { errorBody: (statusCode, message) => ({ statusCode, message }) });
});
