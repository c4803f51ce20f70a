import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, map, NEVER, of, Subject } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import { sse } from '../../lib/adapter/node/sse.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { type PropertyOptions, type PropertyWorld, property } from '../../lib/testing/property.ts';
import { message } from '../../lib/wire/Frame.ts';
import { failureOf } from './failureOf.ts';

type Make = Parameters<typeof property>[0];

const failureWith = (make: Make, options: PropertyOptions = {}) =>
  failureOf(property(make, { script: '5ms X', within: '100ms', ...options })).message;

describe('property, for responses that are not a stream', () => {
  it('fails when the request is rejected, with the status and the problem', () => {
    const make = () => sse({ query: { message: t.string } }, () => NEVER);
    expect(failureWith(make)).to.match(
      /^property: expected a stream of events, got status 422, at 0 ms, on connection 1: .*"path":"query\.message"/,
    );
    property(make, { script: '5ms X', url: '/?message=a' })();
  });

  it('fails when the handler throws, with its error', () => {
    const make = () => () => {
      throw new Error('no database');
    };
    expect(failureWith(make)).to.match(
      /^property: expected a stream of events, got status 500.*; next was called with Error: no database/,
    );
  });

  it('fails when there is no response, or 204 only', () => {
    expect(failureWith(() => () => {})).to.match(/^property: expected a stream of events, got no response;/);
    const noContent = () => (_request: SseRequest, response: NodeResponse) => {
      response.writeHead(204, {});
      response.end();
    };
    expect(failureWith(noContent)).to.match(
      /^property: expected a stream of events, got status 204 for every request;/,
    );
  });

  it('fails when a reader that reconnects is rejected', () => {
    const make = ({ persist }: PropertyWorld) => {
      const served = persist('served', () => ({ readers: 0 }));
      const route = sse({ resume: 'own-ids' }, () =>
        interval(7).pipe(map((n) => message({ id: `1.e.${n}`, data: n }))),
      );
      return (request: SseRequest, response: NodeResponse) => {
        if (++served.readers < 3) return route(request, response);
        response.writeHead(503, {});
        response.end('busy');
      };
    };
    expect(failureWith(make)).to.match(
      /^property: expected a stream of events, got status 503, at 3005 ms, on connection 2: busy\n/,
    );
  });

  it('fails when one reader receives no event', () => {
    const make = ({ persist, hot }: PropertyWorld) => {
      const served = persist('served', () => ({ readers: 0 }));
      const ticks = hot('10ms a 9ms b');
      return (_request: SseRequest, response: NodeResponse) => {
        response.on('error', () => {});
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('retry: 5\n\n');
        if (served.readers++ > 0) return;
        const subscription = ticks.subscribe((letter) =>
          response.write(`id: 1.e.${letter === 'a' ? 1 : 2}\ndata: 1\n\n`),
        );
        response.on('close', () => subscription.unsubscribe());
      };
    };
    expect(failureWith(make, { script: '2ms X' })).to.match(
      /^property: e\.1 was not received, although the reader was connected/,
    );
  });

  it('fails when a reader is answered 204 before the end', () => {
    const make = ({ persist }: PropertyWorld) => {
      const served = persist('served', () => ({ readers: 0 }));
      const route = sse({ retry: 5, resume: 'own-ids' }, () =>
        interval(7).pipe(map((n) => message({ id: `1.e.${n + 1}`, data: n }))),
      );
      return (request: SseRequest, response: NodeResponse) => {
        if (++served.readers < 3) return route(request, response);
        response.writeHead(204, {});
        response.end();
      };
    };
    expect(failureWith(make, { script: '10ms X' })).to.match(/^property: e\.2 was not received/);
  });

  it('throws for a value that is not a route', () => {
    for (const [value, kind] of [
      [undefined, 'undefined'],
      [new Subject(), 'object'],
      [Promise.resolve(sse(of(1))), 'Promise'],
    ] as const) {
      expect(property(() => value as never, { script: 'X' })).to.throw(
        TypeError,
        `property: make must return a route made by sse, got ${kind}`,
      );
    }
    expect(() => property(undefined as never)).to.throw(TypeError, 'property: make must be a function');
  });

  it('throws for a seed or a number of runs out of range', () => {
    for (const seed of [NaN, Infinity, 1.5, 2 ** 53]) {
      expect(() => property(() => sse(NEVER), { seed })).to.throw(RangeError, 'property: seed must be a whole number');
    }
    for (const runs of [NaN, Infinity, 1.5, 0, -1]) {
      expect(() => property(() => sse(NEVER), { runs })).to.throw(RangeError, 'property: runs must be a whole number');
    }
    property(() => sse(NEVER), { runs: 2, seed: -1, within: '10ms' })();
    property(() => sse(NEVER), { runs: 2, seed: Number.MAX_SAFE_INTEGER, within: '10ms' })();
  });
});
