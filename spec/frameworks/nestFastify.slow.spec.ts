import { itServes } from './behavior.ts';

describe('the example on NestJS on Fastify', () => {
  itServes('nestFastify', { pattern: '/orders/:user', errorBody: (statusCode, message) => ({ statusCode, message }) });
});
