import * as t from 'io-ts';
import { concatMap, interval, map } from 'rxjs';
import { events, feed, sse } from 'rxsse';
import { asyncMarbles, expectNoLeaks, marbles, property } from 'rxsse/testing';
import { comment } from 'rxsse/wire';

const Ticks = events({ Tick: { n: t.number } });
const Tick = (n) => Ticks.Tick({ n });

/** The same tests for every runner: the name and the function for its `it`. */
export const tests = {
  'a route with its heartbeat and a full socket': marbles(
    ({ hot, reader, expectFrames }) => {
      const values = { a: Tick(1), b: Tick(2), c: Tick(3), h: comment() };
      const ticks = hot('   5ms a 12ms b 20ms c', values);
      const r = reader(sse({ events: Ticks, heartbeat: 12 }, ticks), { socket: '10ms F 14ms D 19ms X' });
      expectFrames(r).toBe('5ms a 19ms b 11ms h 1ms c', values);
    },
    { until: '60ms' },
  ),

  'a step that is a promise': asyncMarbles(({ cold, expectObservable }) => {
    const later = (value) => new Promise((resolve) => setTimeout(resolve, 5, value));
    expectObservable(cold('ab|').pipe(concatMap(later))).toBe('5ms a 4ms (b|)');
  }),

  'a route that leaves nothing behind': () => expectNoLeaks(sse(interval(1000))),

  'a feed that keeps its promise': property(
    ({ hot }) => {
      const source = hot('5ms a 9ms b 9ms c', { a: Tick(1), b: Tick(2), c: Tick(3) });
      return sse({ retry: 10 }, feed(Ticks, { source }));
    },
    { runs: 10, within: '50ms' },
  ),
};

/** A test that must fail and print its diagram. */
export const failing = {
  'two lines': marbles(({ cold, expectObservable }) => {
    expectObservable(cold('-a-b|').pipe(map((letter) => letter))).toBe('-a-c|');
  }),
};
