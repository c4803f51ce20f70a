import { setImmediate } from 'node:timers/promises';
import { Controller, Get, type INestApplication, Module, Next, Req, Res, UnauthorizedException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NextFunction, Request, Response } from 'express';
import { NEVER, timer } from 'rxjs';
import { type CloseReason, feed, sse } from 'rxsse';
import { Orders, OrdersModule } from './nestApp/orders.ts';

const orders = feed(Orders);

/** Why the streams of the mistakes were closed. */
export const reasons: CloseReason[] = [];

const onClose = (reason: CloseReason) => reasons.push(reason);
const later = sse({ onClose }, timer(20));
const afterState = sse({ state: () => setImmediate(), onClose }, timer(20));

const mine = sse(
  {
    state: ({ headers }) => {
      if (headers.authorization === undefined) throw new UnauthorizedException();
    },
  },
  NEVER,
);

@Controller()
class PlainController {
  @Get('plain')
  plain(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction) {
    return mine(request, response, next);
  }

  @Get('no-next')
  withoutNext(@Req() request: Request, @Res() response: Response) {
    return mine(request, response);
  }

  @Get('no-return')
  withoutReturn(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction) {
    later(request, response, next);
  }

  @Get('no-return/refused')
  refusedWithoutReturn(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction) {
    mine(request, response, next);
  }

  @Get('passthrough')
  passthrough(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Next() next: NextFunction) {
    return later(request, response, next);
  }

  @Get('passthrough/state')
  passthroughAndState(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Next() next: NextFunction,
  ) {
    return afterState(request, response, next);
  }

  @Get('handler')
  handler() {
    return later;
  }

  @Get('feed')
  feed() {
    return orders;
  }
}

@Module({ imports: [OrdersModule], controllers: [PlainController] })
class AppModule {}

/** Creates the app on one of the two servers. */
export async function createApp(server: 'express' | 'fastify'): Promise<INestApplication> {
  const options = { logger: false } as const;
  const app =
    server === 'express'
      ? await NestFactory.create(AppModule, options)
      : await NestFactory.create(AppModule, new FastifyAdapter({ return503OnClosing: false }), options);
  app.enableShutdownHooks();
  return app;
}

export { testOrders } from './nestApp/testOrders.ts';
