import { endFrame, gapFrame } from '../controlFrames.ts';
import type { DescribedEvent, DescribedOperation } from '../DescribedOperation.ts';
import type { Description } from '../describeRoutes.ts';
import { fieldList, rowsOf, typeOf } from './fields.ts';
import { type Html, html } from './html.ts';
import { pageResponse } from './pageResponse.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { tryPanel } from './tryPanel.ts';
import type { WholeResponse } from './wholeResponse.ts';

/** Returns the page of some routes. `base` precedes the addresses of the documents: '' or `streams/`. */
export function pageOf(described: Description, base: string): WholeResponse {
  const { title, version, description, operations } = described;
  const body = html`<a class="skip" href="#main">Skip to the routes</a>
<div class="shell">
<nav aria-label="Routes">
<p class="brand">${title}<small>${version}</small></p>
<h2>Routes</h2>
<ul>${operations.map(navigationOf)}</ul>
</nav>
<main id="main">
<header class="intro">
<h1>${title}</h1>
${description === undefined ? '' : html`<p>${description}</p>`}
<p class="links"><a href="${base}openapi.json">OpenAPI 3.2</a><a href="${base}asyncapi.json">AsyncAPI 3</a></p>
</header>
${operations.map((operation) => routeSection(operation, described, base))}
</main>
</div>`;
  return pageResponse({ title, style, body, script });
}

function navigationOf(operation: DescribedOperation): Html {
  const { id, method, path, events } = operation;
  const inside = (startsStream(operation) ? (events ?? []) : []).map(
    ({ name }, index) =>
      html`<li><a href="#${eventId(id, index)}"><span class="dot ${hueOf(index)}"></span><code>${name}</code></a></li>`,
  );
  return html`<li><a href="#${id}">${verb(method)}<code>${path}</code></a>${inside.length === 0 ? '' : html`<ul>${inside}</ul>`}</li>`;
}

function routeSection(operation: DescribedOperation, described: Description, base: string): Html {
  const { id, method, path, template, kind, description, parameters, body } = operation;
  const inUrl = parameters.map(({ name, in: where, required, schema, description }) => ({
    path: name,
    type: typeOf(schema),
    isRequired: required,
    description,
    in: where,
  }));
  return html`<article class="route" id="${id}" aria-labelledby="${id}_title" data-method="${method}" data-path="${template}" data-kind="${kind}">
<div class="about">
<h2 id="${id}_title">${verb(method)}<code>${path}</code></h2>
${description === undefined ? '' : html`<p>${description}</p>`}
<p>${kindSentence(operation)}</p>
${inUrl.length === 0 ? '' : html`<h3>Parameters</h3>${fieldList(inUrl)}`}
${body === undefined ? '' : html`<h3>Body <span class="type">${typeOf(body)}</span></h3>${fieldList(rowsOf(body, described.definitions))}`}
${eventSections(operation, described, base)}
${controlOf(operation)}
</div>
${tryPanel(operation, described)}
</article>
`;
}

/** Returns the events of an operation. They are folded where another one of the path has the same. */
function eventSections(operation: DescribedOperation, described: Description, base: string): Html {
  const { id, kind, events } = operation;
  if (events === undefined || events.length === 0) return html``;
  const all = events.map((event, index) => eventSection(event, eventId(id, index), hueOf(index), described, base));
  if (startsStream(operation)) return html`<h3>Events</h3>${all}`;
  const names = events.map(({ name }) => name).join(', ');
  return html`<details class="plain"><summary>Events that it ${kind === 'stream' ? 'sends' : 'accepts'}: ${names}</summary>${all}</details>`;
}

function startsStream({ kind, needsCursor }: DescribedOperation): boolean {
  return kind === 'stream' && !needsCursor;
}

function eventSection(
  event: DescribedEvent,
  id: string,
  hue: string,
  { definitions }: Description,
  base: string,
): Html {
  const { name, component, description, example } = event;
  const schema = definitions.get(component);
  const rows = rowsOf(schema, definitions);
  return html`<section class="event ${hue}" id="${id}" data-event="${name}" data-hue="${hue}" aria-label="${name}">
<h4><code>${name}</code>${typeOf(schema) === 'object' ? '' : html`<span class="type">${typeOf(schema) === 'null' ? 'no data' : typeOf(schema)}</span>`}<a href="${base}schemas/${encodeURIComponent(component)}.json">JSON Schema<span hidden> of ${name}</span></a></h4>
${description === undefined ? '' : html`<p>${description}</p>`}
${rows.length === 0 ? '' : fieldList(rows)}
${example === undefined || example === null ? '' : html`<pre tabindex="0" aria-label="Example of ${name}">${JSON.stringify(example, null, 2)}</pre>`}
</section>`;
}

function kindSentence({ kind, events, parameters, needsCursor, hasLocation }: DescribedOperation): string {
  if (kind === 'stop') {
    const which = needsCursor ? 'the stream that a cursor names' : 'a stream';
    return `Stops ${which}. Each of its readers gets what is stored, and then the end.`;
  }
  if (kind === 'receive') {
    return events === undefined
      ? 'Publishes an event, or an array of events. The route chooses for each request where they go, so that they are not known here.'
      : 'Publishes an event, or an array of events; all of them are stored, or none.';
  }
  const what =
    events === undefined
      ? 'A stream whose events are not described: name them as events in the options of its route.'
      : 'A stream of typed events.';
  if (needsCursor) return 'Reads a stream again that another method has started: what follows any cursor of it.';
  if (hasLocation) return `${what} The header Location of the response says where it can be read again.`;
  const resumes = parameters.some(({ in: where }) => where === 'header');
  return resumes ? `${what} Each frame with an id is a position from which a reader resumes.` : what;
}

function controlOf({ control }: DescribedOperation): Html {
  const frames = [
    ...(control.gap ? [gapFrame] : []),
    ...(control.end ? [endFrame] : []),
    ...(control.position
      ? [{ name: 'rxsse.position', description: 'A position without an event; its data is empty.' }]
      : []),
  ];
  if (frames.length === 0) return html``;
  return html`<details class="plain"><summary>Control frames</summary><ul>${frames.map(
    ({ name, description }) => html`<li><code>${name}</code> ${description}</li>`,
  )}</ul></details>`;
}

function verb(method: string): Html {
  return html`<span class="verb ${method.toLowerCase()}">${method}</span>`;
}

function eventId(id: string, index: number): string {
  return `${id}_event_${index}`;
}

function hueOf(index: number): string {
  return `hue-${index % 6}`;
}
