import specifications from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import * as t from 'io-ts';
import openapiTS, { astToString } from 'openapi-typescript';
import { EMPTY } from 'rxjs';
import { events, sse } from 'rxsse';
import { chatRoutes, langGraphRoutes } from 'rxsse/agents';
import { contract } from 'rxsse/contract';
import { message } from 'rxsse/wire';
import ts from 'typescript';
import { listen } from '../support/listen.ts';
import { readWire } from '../support/openStream.ts';
import { Orders, shopApp } from './shop.ts';

type Document = Record<string, unknown>;

const shopDocument = (name: string): Promise<Document> =>
  listen(shopApp().app, async (url) => (await fetch(`${url}/streams/${name}`)).json() as Promise<Document>);

/** Returns the part of a document at a path of keys. */
function at(document: unknown, ...path: readonly string[]): unknown {
  return path.reduce((part, key) => (part as Document | undefined)?.[key], document);
}

/** Returns the document of one route at `/x`. */
async function documentOf(handler: ReturnType<typeof sse>, name = 'openapi.json'): Promise<Document> {
  const answer = await contract({ '/x': handler })(new Request(`http://here/streams/${name}`));
  return (await answer.json()) as Document;
}

describe('the OpenAPI document', function () {
  this.timeout(60_000);

  it('is valid OpenAPI 3.2', async () => {
    const validator = new Validator();
    expect(await validator.validate(await shopDocument('openapi.json'))).to.deep.equal({ valid: true });
    expect(validator.version).to.equal('3.2');
  });

  it('is rejected by the validator when a parameter has no position', async () => {
    const document = await shopDocument('openapi.json');
    const [first] = at(document, 'paths', '/orders', 'get', 'parameters') as Document[];
    delete first?.in;
    expect(await new Validator().validate(document)).to.include({ valid: false });
  });

  it('describes what a stream sends: each frame matches its schema, and its data that of its event', async () => {
    const { app, orders } = shopApp();
    await orders.publish([
      Orders.OrderPlaced({ order: 'A-17', lines: [{ sku: 'tea', count: 2, price: 6.25 }], note: null }),
      Orders.OrderPaid({ order: 'A-17', total: 12.5, method: 'card' }),
      Orders['shop.closed'](null),
    ]);
    orders.end();
    await listen(app, async (url) => {
      const document = (await (await fetch(`${url}/streams/openapi.json`)).json()) as Document;
      const text = await readWire(`${url}/orders?customer=ada`, /rxsse\.end/);
      const ajv = new Ajv2020({ strict: false });
      addFormats.default(ajv);
      ajv.addSchema({ $id: 'http://here/', ...document });
      const pointer = 'paths/~1orders/get/responses/200/content/text~1event-stream/itemSchema';
      const isItem = ajv.compile({ $ref: `http://here/#/${pointer}` });
      const frames = [...text.matchAll(/^event: (.*)\n(?:retry: .*\n)?data:(?: (.*))?$/gm)].map(
        ([, event = '', data = '']) => ({
          event,
          data,
        }),
      );
      const names = frames.map(({ event }) => event);
      expect(names).to.include.members(['order_placed', 'order_paid', 'shop.closed', 'rxsse.end']);
      for (const frame of frames) {
        expect(isItem(frame), JSON.stringify(frame)).to.equal(true);
        const schema = at(document, 'components', 'schemas', frame.event);
        if (schema === undefined) continue;
        const isData = ajv.compile({ $ref: `http://here/#/components/schemas/${frame.event}` });
        expect(isData(JSON.parse(frame.data)), frame.data).to.equal(true);
      }
      expect(isItem({ event: 'unknown', data: '1' })).to.equal(false);
    });
  });

  it('generates a client that compiles, with the types of parameters and data', async () => {
    const document = await shopDocument('openapi.json');
    const text = astToString(await openapiTS(structuredClone(document) as never));
    const program = `${text}
      const query: paths['/orders']['get']['parameters']['query'] = { customer: 'ada', since: 3, kind: ['a'] };
      const paid: components['schemas']['order_paid'] = { order: 'A-17', total: 12.5, method: 'card' };
      // @ts-expect-error the total is a number
      const wrong: components['schemas']['order_paid'] = { order: 'A-17', total: '12.5', method: 'card' };
      export const sent = [query, paid, wrong];
    `;
    expect(problemsOf(program)).to.deep.equal([]);
  });

  it('documents the gap and the end where the route sends them', async () => {
    const names = async (wire?: 'data-only'): Promise<readonly unknown[]> => {
      const handler = sse({ events: events({ X: t.string }), ...(wire && { wire }) }, EMPTY);
      const content = at(await documentOf(handler), 'paths', '/x', 'get', 'responses', '200', 'content');
      return (at(content, 'text/event-stream', 'itemSchema', 'oneOf') as Document[]).map(({ title }) => title);
    };
    expect(await names()).to.deep.equal(['x', 'rxsse.gap', 'rxsse.end', 'rxsse.position']);
    expect(await names('data-only')).to.deep.equal(['x']);
  });

  it('describes each path of the routes of chats and of LangGraph', async () => {
    const routes = { '/api/chat': chatRoutes({}, () => []), '/': langGraphRoutes({ allowedOrigins: [] }, () => []) };
    const answer = await contract(routes)(new Request('http://here/streams/openapi.json'));
    const document = (await answer.json()) as Document;
    expect(await new Validator().validate(document)).to.deep.equal({ valid: true });
    const paths = at(document, 'paths') as Readonly<Record<string, Document>>;
    const methods = Object.entries(paths).map(([path, operations]) => [path, Object.keys(operations).join()]);
    expect(Object.fromEntries(methods)).to.deep.equal({
      '/api/chat': 'post',
      '/api/chat/{id}/stream': 'get,delete',
      '/runs/stream': 'post',
      '/runs/{run}/stream': 'get',
      '/runs/{run}/cancel': 'post',
      '/threads/{thread}/runs/stream': 'post',
      '/threads/{thread}/runs/{run}/stream': 'get',
      '/threads/{thread}/runs/{run}/cancel': 'post',
    });
    const schema = at(paths['/api/chat'], 'post', 'requestBody', 'content', 'application/json', 'schema');
    expect(schema).to.deep.include({ required: ['id', 'messages'] });
    const [id] = at(paths['/api/chat/{id}/stream'], 'delete', 'parameters') as Document[];
    expect(id).to.include({ name: 'id', in: 'path' });
    const statuses = (path: string, method: string) => Object.keys(at(paths[path], method, 'responses') as Document);
    expect(statuses('/api/chat/{id}/stream', 'delete')).to.include('204').and.to.not.include('200');
    expect(statuses('/runs/{run}/cancel', 'post')).to.include.members(['204', '403']);
    expect(statuses('/api/chat', 'post')).to.include('200');
  });

  it('describes what starts a stream, reads it again and stops it, with the statuses that they answer', async () => {
    const { app } = shopApp();
    await listen(app, async (url) => {
      const document = (await (await fetch(`${url}/streams/openapi.json`)).json()) as Document;
      const path = at(document, 'paths', '/answers') as Document;
      expect(Object.keys(path)).to.deep.equal(['post', 'get', 'delete']);
      expect(at(path, 'post', 'responses', '200', 'headers', 'Location')).to.not.equal(undefined);
      expect(at(path, 'post', 'requestBody')).to.not.equal(undefined);
      for (const method of ['get', 'delete']) {
        expect(at(path, method, 'requestBody')).to.equal(undefined);
        const [cursor, ...others] = at(path, method, 'parameters') as Document[];
        expect(cursor).to.include({ name: 'Last-Event-ID', in: 'header', required: true });
        expect(others).to.deep.equal([]);
      }

      const answered = new Set<string>();
      const send = async (method: string, headers: Record<string, string>, body?: object): Promise<Response> => {
        const json = body && { body: JSON.stringify(body) };
        const response = await fetch(`${url}/answers`, {
          method,
          headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
          ...json,
        });
        answered.add(`${method.toLowerCase()} ${response.status}`);
        return response;
      };
      const start = await send('POST', {}, { question: 'why' });
      const at1 = new URL(start.headers.get('location') ?? '', `${url}/answers`).searchParams.get('lastEventId') ?? '';
      const again = await send('GET', { 'Last-Event-ID': at1 });
      await send('DELETE', { 'Last-Event-ID': at1 });
      expect(await again.text()).to.match(/event: token\n[\s\S]*event: rxsse\.end\n/);
      await start.text();
      const unknown = { 'Last-Event-ID': '1.AAAAAAAAAAAAAAAA.7' };
      const foreign = { Origin: 'https://elsewhere.example' };
      await send('POST', {}, { question: '' });
      await send('POST', foreign, { question: 'why' });
      for (const method of ['GET', 'DELETE']) {
        for (const headers of [unknown, foreign]) await send(method, headers);
      }
      for (const one of answered) {
        const [method = '', status = ''] = one.split(' ');
        expect(Object.keys(at(path, method, 'responses') as Document), one).to.include(status);
      }
      expect([...answered]).to.have.members([
        'post 200',
        'post 422',
        'post 403',
        'get 200',
        'get 404',
        'get 403',
        'delete 204',
        'delete 404',
        'delete 403',
      ]);
    });
  });

  it('leaves any event open where a route has no contract or frames of another protocol', async () => {
    const item = async (handler: ReturnType<typeof sse>): Promise<Document> => {
      const content = at(await documentOf(handler), 'paths', '/x', 'get', 'responses', '200', 'content');
      return at(content, 'text/event-stream', 'itemSchema') as Document;
    };
    const end = message({ text: '[DONE]' });
    expect(await item(sse(EMPTY))).to.not.have.property('oneOf');
    expect(await item(sse({ events: events({ X: t.string }), wire: { end } }, EMPTY))).to.not.have.property('oneOf');
  });

  it('has a method that OpenAPI has no field for, and a body only for the methods that have one', async () => {
    const options = { body: { text: t.string }, methods: ['GET', 'POST', 'SEARCH'] };
    const path = at(await documentOf(sse(options, EMPTY)), 'paths', '/x') as Document;
    expect(path).to.have.keys('post', 'additionalOperations');
    expect(at(path, 'additionalOperations', 'SEARCH', 'requestBody')).to.have.property('required', true);
    const document = await documentOf(sse(options, EMPTY));
    expect(await new Validator().validate(document)).to.deep.equal({ valid: true });
  });
});

describe('the AsyncAPI document', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
  const isValid = ajv.compile(specifications.schemas['3.0.0'] as object);

  it('is valid AsyncAPI 3', async () => {
    const document = await shopDocument('asyncapi.json');
    expect(isValid(document), JSON.stringify(isValid.errors)).to.equal(true);
  });

  it('is rejected by the validator when an operation has no action', async () => {
    const document = await shopDocument('asyncapi.json');
    delete (at(document, 'operations', 'get_orders') as Document).action;
    expect(isValid(document)).to.equal(false);
  });

  it('has a message for each event, the gap and the end, and refers to nothing that it does not have', async () => {
    const document = await shopDocument('asyncapi.json');
    const messages = Object.keys(at(document, 'channels', 'rooms_room', 'messages') as object);
    expect(messages).to.deep.equal(['said', 'rxsse.gap', 'rxsse.end']);
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref = '']) => ref);
    expect(refs).to.not.deep.equal([]);
    for (const ref of refs) expect(at(document, ...ref.split('/')), ref).to.not.equal(undefined);
  });

  it('has an operation without messages for what stops a stream', async () => {
    const operations = at(await shopDocument('asyncapi.json'), 'operations') as Document;
    expect(at(operations, 'delete_answers')).to.deep.include({
      action: 'receive',
      channel: { $ref: '#/channels/answers' },
      messages: [],
    });
    expect([at(operations, 'post_answers', 'action'), at(operations, 'get_answers', 'action')]).to.deep.equal([
      'send',
      'send',
    ]);
  });

  it('writes a tuple as draft 7 does', async () => {
    const handler = sse({ events: events({ X: t.tuple([t.string, t.number]) }) }, EMPTY);
    const schema = at(await documentOf(handler, 'asyncapi.json'), 'components', 'schemas', 'x');
    expect(schema).to.deep.equal({ type: 'array', items: [{ type: 'string' }, { type: 'number' }], minItems: 2 });
  });
});

/** Returns the errors of a program of one file. */
function problemsOf(text: string): readonly string[] {
  const name = '/generated.ts';
  const options: ts.CompilerOptions = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: [] };
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...rest) => (path === name ? source : getSourceFile.call(host, path, ...rest));
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
