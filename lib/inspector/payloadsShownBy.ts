import type { InspectorOptions } from './InspectorOptions.ts';

/** The most characters of a payload that are shown. */
const maxCharacters = 2000;

/** Returns the fields of a mark that show the data of an event, which is JSON where it can be. */
export type ShowPayload = (name: string, data: string) => { readonly data?: string; readonly isCut?: boolean };

/** Returns what shows the data of events as the option `payloads` says: nothing without it. */
export function payloadsShownBy(payloads: InspectorOptions['payloads']): ShowPayload {
  if (payloads === undefined || payloads === false) return () => ({});
  return (name, data) => {
    const text = payloads === true ? data : redacted(payloads, name, data);
    if (text === undefined) return {};
    return text.length <= maxCharacters ? { data: text } : { data: text.slice(0, maxCharacters), isCut: true };
  };
}

function redacted(
  redact: (event: { readonly type: string; readonly data: unknown }) => unknown,
  type: string,
  data: string,
): string | undefined {
  try {
    return JSON.stringify(redact({ type, data: JSON.parse(data) }));
  } catch {
    // What the function cannot read is not shown.
    return undefined;
  }
}
