import type { EventEmitter } from 'node:events';
import { Req, Res } from '@nestjs/common';

/** A handler of `sse`, `receive` or `stop`. */
type Handler = (request: never, response: never, next: (error?: unknown) => void) => unknown;

/** A response of Express, or a reply of Fastify. */
type NestResponse = EventEmitter & { readonly raw?: EventEmitter };

/**
 * Mounts the handler in a property of a controller: `@Mount(Get('orders')) readonly all = sse(orders)`.
 *
 * Nest runs the guards and interceptors of the controller and of the given decorators before it. An error before the first byte
 * goes to the exception filters, and the method completes, for interceptors, when the response is closed.
 */
export function Mount(...decorators: readonly MethodDecorator[]) {
  return <K extends string>(controller: { readonly [P in K]: Handler }, property: K): void => {
    function respond(this: typeof controller, request: never, response: NestResponse): Promise<void> {
      return new Promise((resolve, reject) => {
        (response.raw ?? response).once('close', resolve);
        this[property](request, response as never, reject);
      });
    }
    // A name of its own: Nest reads guards and interceptors from the instance, where the property has the handler.
    const method = `${property}Response`;
    const descriptor = { value: respond, configurable: true, writable: true };
    Object.defineProperty(controller, method, descriptor);
    Req()(controller, method, 0);
    Res()(controller, method, 1);
    for (const decorate of decorators) decorate(controller, method, descriptor);
  };
}
