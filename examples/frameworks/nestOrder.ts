import 'reflect-metadata';
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Module,
  type NestInterceptor,
  UseFilters,
  UseGuards,
  UseInterceptors,
  Version,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EMPTY, finalize, NEVER, timeout } from 'rxjs';
import { sse } from 'rxsse';
import { Mount } from './nestApp/Mount.ts';

/** The steps of the requests, in the order in which Nest and the routes took them. */
export const steps: string[] = [];

class Guard implements CanActivate {
  canActivate(): boolean {
    steps.push('guard');
    return true;
  }
}

class Interceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    steps.push('interceptor');
    return next.handle().pipe(finalize(() => steps.push('interceptor, after the response')));
  }
}

class Timeout implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(timeout(20));
  }
}

class QuotaError extends Error {}

@Catch(QuotaError)
class QuotaFilter implements ExceptionFilter {
  catch(_error: QuotaError, host: ArgumentsHost): void {
    steps.push('filter');
    host.switchToHttp().getResponse().status(429).json({ quota: 'used up' });
  }
}

@Controller()
class OrderController {
  @Mount(Get('open'), Version('2'), UseGuards(Guard), UseInterceptors(Interceptor))
  readonly open = sse({ onOpen: () => steps.push('open'), onClose: (reason) => steps.push(reason) }, () => {
    steps.push('route');
    return NEVER;
  });

  @Mount(Get('ended'), UseInterceptors(Interceptor))
  readonly ended = sse({ onClose: (reason) => steps.push(reason) }, EMPTY);

  @Mount(Get('limited'), UseInterceptors(Timeout))
  readonly limited = sse({ onClose: (reason) => steps.push(reason) }, NEVER);

  @Mount(Get('refused'), UseFilters(QuotaFilter))
  readonly refused = sse(async () => {
    throw new QuotaError();
  });
}

@Module({ controllers: [OrderController] })
class OrderModule {}

const app = await NestFactory.create(OrderModule, { logger: false, forceCloseConnections: true });
app.enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', '2'] });

/** Listens, and returns the address. */
export async function start(): Promise<string> {
  await app.listen(process.env.PORT ?? 0, '127.0.0.1');
  return app.getUrl();
}

export const stop = () => app.close();
