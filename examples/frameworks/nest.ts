import 'reflect-metadata';
import {
  type BeforeApplicationShutdown,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Headers,
  Injectable,
  Module,
  Post,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { interval, map } from 'rxjs';
import { filterEvents, receive, type SseRequest, shutdown, sse } from 'rxsse';
import { contract } from 'rxsse/contract';
import { inspector } from 'rxsse/inspector';
import { Mount } from './nestApp/Mount.ts';
import { Orders, ofUserOptions, orders, paidBy, userOf } from './orders.ts';

/** A request of Express or Fastify, behind the guard. */
interface SignedIn extends SseRequest {
  readonly user: string;
}

@Injectable()
class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    request.user = userOf(request.headers.authorization);
    return true;
  }
}

@Controller()
export class OrdersController implements BeforeApplicationShutdown {
  @Mount(Get('time'))
  readonly time = sse({ heartbeat: 100 }, interval(1000));

  @Mount(Get('orders'))
  readonly all = sse({ resume: { from: 'oldest' } }, orders);

  @Mount(Post('orders'))
  readonly publish = receive(orders);

  @Mount(Get('orders/:user'))
  readonly ofUser = sse(ofUserOptions, (context) =>
    orders.read(context).pipe(filterEvents(paidBy(context.params.user, context.query.min))),
  );

  @Mount(Get('mine'), UseGuards(AuthGuard))
  readonly mine = sse({ events: Orders, state: ({ user }: SignedIn) => user }, (context) =>
    orders.read(context).pipe(filterEvents(({ data }) => data.user === context.state)),
  );

  @Sse('nest')
  byNest(@Headers('last-event-id') cursor?: string) {
    return orders
      .entries({ from: cursor ?? 'live' })
      .pipe(map(({ cursor: id, event }) => ({ id, type: event?.type, data: event?.data })));
  }

  readonly page = contract({ '/orders': this.all, '/orders/:user': this.ofUser, '/mine': this.mine });

  readonly inspect = inspector({
    feeds: { orders },
    routes: { '/orders': this.all, '/orders/:user': this.ofUser, '/mine': this.mine },
    authorize: ({ headers }) => userOf(headers.authorization as string) === 'staff',
    actions: true,
  });

  beforeApplicationShutdown(): Promise<void> {
    return shutdown([this.all, this.ofUser, this.mine, this.inspect], { duration: 0 });
  }
}

@Module({ controllers: [OrdersController] })
export class OrdersModule {}
