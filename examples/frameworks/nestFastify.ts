import compress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OrdersController, OrdersModule } from './nest.ts';

const adapter = new FastifyAdapter({ return503OnClosing: false });
const app = await NestFactory.create<NestFastifyApplication>(OrdersModule, adapter, { logger: false });
app.enableCors({ origin: 'https://shop.example' });
await app.register(compress);

const { page, inspect } = app.get(OrdersController);
app.use('/streams', page);
app.use('/inspect', inspect);

/** Listens, and returns the address. */
export async function start(): Promise<string> {
  await app.listen(process.env.PORT ?? 0, '127.0.0.1');
  return app.getUrl();
}

export const stop = () => app.close();
export { orders } from './orders.ts';
