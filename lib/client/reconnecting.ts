import { Observable } from 'rxjs';
import { checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { type Contract, isContract } from '../event/events.ts';
import { Backoff } from './Backoff.ts';
import type { ClientTransport } from './ClientTransport.ts';
import type { ClientEvent } from './decodeMessage.ts';
import type { ClientFetchOptions, Emitted } from './FromSseOptions.ts';
import { reconnectKinds } from './optionKinds.ts';
import { Reconnector } from './Reconnector.ts';

/**
 * Returns the events of a contract over as many connections as it takes.
 *
 * @param caller the public function, for messages
 * @throws TypeError for a value that is not a contract, RangeError for a `backoff` option out of range.
 */
export function reconnecting(
  caller: string,
  contract: Contract,
  options: ClientFetchOptions,
  createTransport: (client: Reconnector) => ClientTransport,
): Observable<Emitted<ClientEvent, boolean>> {
  if (!isContract(contract)) {
    throw new TypeError(`${caller}: contract must be made by events(...), got ${kindOf(contract)}`);
  }
  const { backoff: reconnectOptions = {}, strictEventSource = false } = options;
  checkOptions(`${caller}: backoff`, reconnectOptions, reconnectKinds);
  for (const policy of ['unknownEvents', 'invalidEvents'] as const) {
    checkOneOf(`${caller}: ${policy}`, options[policy] ?? 'drop', ['drop', 'error', 'raw']);
  }
  const createBackoff = () => new Backoff(caller, reconnectOptions, strictEventSource);
  // Checks the options before anything is subscribed to.
  createBackoff();

  return new Observable((subscriber) => {
    const client = new Reconnector(subscriber, createBackoff(), caller, contract, options);
    client.guard(() => client.start(createTransport));
  });
}
