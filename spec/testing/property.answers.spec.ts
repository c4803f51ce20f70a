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

const playing = (make: Make, options: PropertyOptions = {}) =>
  failureOf(property(make, { script: '5ms X', within: '100ms', ...options })).message;

describe('property, of answers that are no stream', () => {
  it('fails when the request is refused, with the status and the problem', () => {
    const make = () => sse({ query: { message: t.string } }, () => NEVER);
    expect(playing(make)).to.match(
      /^property: the answer was 422 and no stream, at 0 ms, on connection 1: .*"path":"query\.message"/,
    );
    property(make, { script: '5ms X', url: '/?message=a' })();
  });

  it('fails when the handler throws, with what it threw', () => {
    const make = () => () => {
      throw new Error('no database');
    };
    expect(playing(make)).to.match(
      /^property: the answer was 500 and no stream.*; next was called with Error: no database/,
    );
  });

  it('fails when nothing is answered, or nothing but 204', () => {
    expect(playing(() => () => {})).to.match(/^property: no answer came: there is no stream to test/);
    const noContent = () => (_request: SseRequest, response: NodeResponse) => {
      response.writeHead(204, {});
      response.end();
    };
    expect(playing(noContent)).to.match(/^property: the answer was always 204: there is no stream to test/);
  });

  it('fails when who comes back is refused', () => {
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
    expect(playing(make)).to.match(/^property: the answer was 503 and no stream, at 3005 ms, on connection 2: busy\n/);
  });

  it('fails when one reader is given nothing at all', () => {
    const make = ({ persist, hot }: PropertyWorld) => {
      const served = persist('served', () => ({ readers: 0 }));
      const ticks = hot('10ms a 9ms b');
      return (_request: SseRequest, response: NodeResponse) => {
        response.on('error', () => {});
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('retry: 5\n\n');
        if (served.readers++ > 0) return;
        const seen = ticks.subscribe((letter) => response.write(`id: 1.e.${letter === 'a' ? 1 : 2}\ndata: 1\n\n`));
        response.on('close', () => seen.unsubscribe());
      };
    };
    expect(playing(make, { script: '2ms X' })).to.match(/^property: e\.1 never came, though the reader was there/);
  });

  it('fails when it is told that all is over, and it is not', () => {
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
    expect(playing(make, { script: '10ms X' })).to.match(/^property: e\.2 never came/);
  });

  it('refuses what is no route', () => {
    for (const [given, kind] of [
      [undefined, 'undefined'],
      [new Subject(), 'object'],
      [Promise.resolve(sse(of(1))), 'Promise'],
    ] as const) {
      expect(property(() => given as never, { script: 'X' })).to.throw(
        TypeError,
        `property: make must return a route made by sse, got ${kind}`,
      );
    }
    expect(() => property(undefined as never)).to.throw(TypeError, 'property: make must be a function');
  });

  it('refuses a seed or a number of runs that is none', () => {
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
