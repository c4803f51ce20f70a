import { type JsonSchema, keywordsOf } from '../../codec/jsonSchema/JsonSchema.ts';
import type { DescribedOperation } from '../DescribedOperation.ts';
import type { Description } from '../describeRoutes.ts';
import { exampleOf } from '../exampleOf.ts';
import type { Parameter } from '../parameters.ts';
import { typeOf } from './fields.ts';
import { type Html, html } from './html.ts';

/** Returns the form that opens a stream or sends events, and the list of the frames that arrive. */
export function tryPanel(operation: DescribedOperation, { definitions }: Description): Html {
  const { method, path, kind, parameters } = operation;
  const isStream = kind === 'stream';
  const body = bodyExample(operation, definitions);
  return html`<section class="try" aria-label="Try ${method} ${path}">
<form novalidate>
<h3>Try it <span class="status" role="status">closed</span></h3>
${parameters.map((parameter) => parameterInput(parameter, definitions))}
${body === undefined ? '' : html`<label class="wide"><span>body (JSON)</span><textarea data-in="body" rows="${Math.min(12, body.split('\n').length)}" spellcheck="false">${body}</textarea></label>`}
<div class="buttons"><button class="main start" type="submit">${isStream ? 'Open the stream' : 'Send'}</button><button class="stop" type="button" hidden>Stop</button><button class="clear" type="button" hidden>Clear</button></div>
</form>
<div class="curl"><pre>curl -N '$HOST${path}'</pre><button class="copy" type="button" aria-label="Copy the curl command">Copy</button></div>
<ol class="frames" tabindex="0" aria-label="${isStream ? 'Frames' : 'Answers'}"><li class="empty">${isStream ? 'Frames appear here as they arrive, the newest first.' : 'The answer appears here.'}</li></ol>
</section>`;
}

function parameterInput(parameter: Parameter, definitions: ReadonlyMap<string, JsonSchema>): Html {
  const { name, in: where, required, schema } = parameter;
  const { type, enum: values, items } = keywordsOf(schema);
  const isList = type === 'array';
  const choices = type === 'boolean' ? [true, false] : (values as readonly unknown[] | undefined);
  // A header is a cursor, of which there is no example.
  const start =
    required && where !== 'header' ? exampleOf(isList ? (items as JsonSchema) : schema, definitions, name) : undefined;
  const value = start === undefined ? '' : String(start);
  const label = html`<span>${name} (${typeOf(schema)}${required ? '' : ', optional'}${isList ? ', separated by commas' : ''})</span>`;
  const data = html`data-in="${where}" data-name="${name}"${isList ? html` data-list` : ''}${required ? html` required` : ''}`;
  if (choices === undefined) {
    return html`<label>${label}<input ${data} value="${value}" autocomplete="off" spellcheck="false"></label>`;
  }
  return html`<label>${label}<select ${data}>${required ? '' : html`<option value="">not sent</option>`}${choices.map(
    (choice) => html`<option>${String(choice)}</option>`,
  )}</select></label>`;
}

function bodyExample(operation: DescribedOperation, definitions: ReadonlyMap<string, JsonSchema>): string | undefined {
  const { kind, body, events } = operation;
  if (kind === 'stop') return undefined;
  if (kind === 'stream') return body === undefined ? undefined : indented(exampleOf(body, definitions) ?? {});
  const [event] = events ?? [];
  return indented(event === undefined ? { type: '', data: {} } : { type: event.name, data: event.example ?? null });
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
