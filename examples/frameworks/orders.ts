import * as t from 'io-ts';
import { events, feed } from 'rxsse';

export const Orders = events({ OrderPaid: { user: t.string, total: t.number } });
export const orders = feed(Orders);

/** Express and Koa read the `status` of an error, Fastify and Nest its `statusCode`; Koa sends the message if it is exposed. */
export class HttpError extends Error {
  readonly status: 401 | 404;
  readonly statusCode: 401 | 404;
  readonly expose = true;

  constructor(status: 401 | 404, message: string) {
    super(message);
    this.status = status;
    this.statusCode = status;
  }
}

/** Returns the user of a token, or throws an error that every framework answers with 401. */
export function userOf(authorization: string | undefined): string {
  const user = /^Bearer (\w+)$/.exec(authorization ?? '')?.[1]; // verify the token here
  if (user === undefined) throw new HttpError(401, 'sign in first');
  return user;
}

/** Throws where the user is not known. */
export function checkUser(user: string): void {
  if (user === 'unknown') throw new HttpError(404, 'no such user');
}
