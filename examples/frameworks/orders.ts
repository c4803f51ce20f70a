import * as t from 'io-ts';
import { type EventOf, events, feed, NonEmptyString, NumberFromString, withDefault } from 'rxsse';

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

/** The options of a route with the orders of one user. */
export const ofUserOptions = {
  events: Orders,
  params: { user: NonEmptyString },
  query: { min: withDefault(NumberFromString, () => 0) },
};

/** Returns whether an order is one of the user, from a total on. Throws an error that every framework answers with 404. */
export function paidBy(user: string, min: number) {
  if (user === 'unknown') throw new HttpError(404, 'no such user');
  return ({ data }: EventOf<typeof Orders>) => data.user === user && data.total >= min;
}
