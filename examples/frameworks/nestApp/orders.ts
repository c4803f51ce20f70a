import {
  type BeforeApplicationShutdown,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  Post,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import * as t from 'io-ts';
import { events, feed, filterEvents, metricsOf, receive, type SseRequest, shutdown, sse } from 'rxsse';
import { Mount } from './Mount.ts';

export const Orders = events({ OrderPaid: { user: t.string, total: t.number } });

@Injectable()
export class OrdersService implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly orders = feed(Orders);

  pay(user: string, total: number) {
    return this.orders.publish(Orders.OrderPaid({ user, total }));
  }

  beforeApplicationShutdown() {
    return shutdown(this.orders, { duration: 0 });
  }

  onApplicationShutdown() {
    this.orders.close();
  }
}

/** A request of Express or Fastify, behind the guard. */
interface SignedIn extends SseRequest {
  user: string;
}

@Injectable()
class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest<SignedIn>();
    const user = /^Bearer (\w+)$/.exec(String(request.headers.authorization))?.[1]; // verify the token here
    if (user === undefined) throw new UnauthorizedException();
    request.user = user;
    return true;
  }
}

@Controller()
export class OrdersController {
  @Mount(Get('orders'))
  readonly all = sse({ events: Orders, resume: { from: 'oldest' } }, () => this.service.orders);

  @Mount(Get('mine'), UseGuards(AuthGuard))
  readonly mine = sse({ events: Orders, state: ({ user }: SignedIn) => user }, (context) =>
    this.service.orders.read(context).pipe(filterEvents(({ data }) => data.user === context.state)),
  );

  @Mount(Post('orders'))
  readonly publish = receive(() => this.service.orders);

  constructor(@Inject(OrdersService) private readonly service: OrdersService) {}

  @Get('metrics')
  metrics() {
    return metricsOf(this.all);
  }
}

@Module({ controllers: [OrdersController], providers: [OrdersService] })
export class OrdersModule {}
