import { itServes } from './behavior.ts';

describe('the example on NestJS on Fastify', () => {
  itServes('nestFastify', { errorBody: (statusCode, message) => ({ statusCode, message }) });
});
