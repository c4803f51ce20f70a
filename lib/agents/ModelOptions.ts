import type { FetchLike, HeadersLike } from '../client/FromSseOptions.ts';
import { checkNumber } from '../data/check.ts';
import { checkOptions, type OptionKinds } from '../data/checkOptions.ts';

/** How the events of a model are requested and read. @category agents */
export interface ModelOptions {
  /**
   * The key of the API, sent in the header that the API expects.
   *
   * @default none: the server needs no key, or `headers` has it
   */
  readonly apiKey?: string;
  /**
   * The URL of the API, for a proxy or another server of the same API. A slash at its end is left out.
   *
   * @default `https://api.openai.com/v1` for `fromOpenAi`, `https://api.anthropic.com` for `fromAnthropic`
   */
  readonly baseUrl?: string;
  /** Headers of each request, in addition to those of the API. @default none */
  readonly headers?: HeadersLike;
  /** Makes the requests in place of the global `fetch`. @default fetch */
  readonly fetch?: FetchLike;
  /**
   * The largest event, in bytes of its data; a larger one errors the stream with a `LimitError`. Above 0; `Infinity` is no
   * bound.
   *
   * @default 16777216, 16 MiB: the last event of an answer may contain the whole answer
   */
  readonly maxEventBytes?: number;
  /** Called for each event that the contract does not have, with its JSON. @default they are ignored */
  readonly onUnknownEvent?: (type: string, json: unknown) => void;
}

const kinds: OptionKinds<ModelOptions> = {
  apiKey: 'string',
  baseUrl: 'string',
  headers: '',
  fetch: 'function',
  maxEventBytes: '',
  onUnknownEvent: 'function',
};

/**
 * Checks the options of a source, and returns the headers of its requests.
 *
 * @param others the kinds of the options that this source has alone
 * @param keyHeaders returns the headers with the key
 * @throws TypeError for a wrong type or name, RangeError for a number out of range.
 */
export function modelHeaders(
  caller: string,
  options: ModelOptions,
  others: Readonly<Record<string, string>>,
  keyHeaders: (key: string) => Readonly<Record<string, string>>,
): Headers {
  checkOptions(caller, options, { ...kinds, ...others });
  const { apiKey, headers, maxEventBytes = Infinity } = options;
  checkNumber(`${caller}: maxEventBytes`, maxEventBytes, { above: 0, unit: 'bytes' });
  // The error of `Headers` would repeat the key.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError(
      `${caller}: apiKey must be visible ASCII characters without spaces, got ${apiKey === '' ? 'an empty text' : 'other text'}`,
    );
  }
  const all = new Headers({ accept: 'text/event-stream', 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(apiKey === undefined ? {} : keyHeaders(apiKey))) all.set(name, value);
  new Headers(headers).forEach((value, name) => {
    all.set(name, value);
  });
  return all;
}
