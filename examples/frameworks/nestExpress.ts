import { NestFactory } from '@nestjs/core';
import compression from 'compression';
import { OrdersController, OrdersModule } from './nest.ts';

const app = await NestFactory.create(OrdersModule, { logger: false });
app.enableCors({ origin: 'https://shop.example' });
app.use(compression());

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
