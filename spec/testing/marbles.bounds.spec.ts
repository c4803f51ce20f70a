import { expect } from 'chai';
import * as t from 'io-ts';
import { asyncScheduler, ignoreElements, interval, NEVER, take, timer } from 'rxjs';
import { events } from '../../lib/event/events.ts';
import { feed } from '../../lib/feed/feed.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock } from '../../lib/time/clock.ts';
import { failureOf, lineAfterThis } from './failureOf.ts';

describe('the bound of a run', () => {
  it(
    'passes when every stream and timer has ended in time',
    marbles(
      ({ expectObservable }) => {
        expectObservable(interval(10).pipe(take(3))).toBe('10ms a 9ms b 9ms (c|)', { a: 0, b: 1, c: 2 });
      },
      { until: '30ms' },
    ),
  );

  it('fails for timers that remain, with their number, time and origin', () => {
    const line = { of: '' };
    const { message } = failureOf(
      marbles(
        ({ expectObservable }) => {
          expectObservable(timer(61)).toBe('');
          line.of = lineAfterThis();
          expectObservable(interval(20), '^').toBe('');
        },
        { until: '60ms' },
      ),
    );
    expect(message).to.match(/^marbles: 2 timers are left at 60 ms, the next one due at 61 ms, which came of /);
    expect(message)
      .to.match(/\n {2}another due at 80 ms, which came of /)
      .and.to.contain(line.of);
    const alone = failureOf(
      marbles(
        ({ expectObservable }) => {
          line.of = lineAfterThis();
          expectObservable(interval(20)).toBe('');
        },
        { until: '60ms' },
      ),
    ).message;
    expect(alone).to.match(/^marbles: 1 timer is left at 60 ms, the next one due at 80 ms, which came of /);
    expect(alone).to.contain(line.of).and.to.contain('subscription diagram').and.to.contain('until');
  });

  it('names the line of the test for a timer that the library started', () => {
    let line = '';
    const { message } = failureOf(
      marbles(
        () => {
          line = lineAfterThis();
          feed(events({ Tick: { n: t.number } }), { source: interval(20).pipe(ignoreElements()), start: 'now' });
        },
        { until: '60ms' },
      ),
    );
    expect(message).to.contain('due at 80 ms, which came of').and.to.contain(line);
  });

  it('lists at most a few timers', () => {
    const many = () => {
      for (const at of [61, 62, 63, 64, 65, 66, 67]) timer(at).subscribe();
    };
    const { message } = failureOf(marbles(many, { until: '60ms' }));
    expect(message.match(/another due at/g)).to.have.length(4);
    expect(message).to.match(/^marbles: 7 timers are left.*\n[\s\S]*\n {2}and 2 more\nLeave the stream/);
  });

  it('names the hot stream that continues, or that started the timer', () => {
    let line = '';
    const late = failureOf(
      marbles(
        ({ hot }) => {
          line = lineAfterThis();
          hot('20ms a');
        },
        { until: '10ms' },
      ),
    );
    expect(late.message).to.contain('due at 20 ms').and.to.contain(line);

    const started = failureOf(
      marbles(
        ({ hot }) => {
          line = lineAfterThis();
          hot('-a').subscribe(() => timer(100).subscribe());
        },
        { until: '10ms' },
      ),
    );
    expect(started.message).to.contain('due at 101 ms').and.to.contain(line);
  });

  it(
    'passes streams that were unsubscribed in time, and streams without a timer',
    marbles(
      ({ expectObservable }) => {
        expectObservable(interval(20), '^ 30ms !').toBe('20ms a', { a: 0 });
        expectObservable(NEVER).toBe('');
      },
      { until: '60ms' },
    ),
  );

  it('throws for an end that is not a time, and for a test that is not a function', () => {
    for (const [until, got] of [
      ['soon', "got 'soon'"],
      ['10 s', "got '10 s'"],
      [60, 'got number'],
      [null, 'got null'],
    ] as const) {
      expect(() => marbles(() => {}, { until: until as never })).to.throw(
        TypeError,
        `marbles: until must be a time such as '60ms', '10s' or '2m', ${got}`,
      );
    }
    expect(() => marbles(undefined as never)).to.throw(TypeError, 'marbles: expected a test function, got undefined');
    expect(() => asyncMarbles(Promise.resolve() as never)).to.throw(
      TypeError,
      'asyncMarbles: expected a test function, got Promise',
    );
  });

  it('fails for a loop in which no time passes', () => {
    const turns = () => void asyncScheduler.schedule(turns);
    expect(failureOf(marbles(turns)).message).to.match(/more than 100000 steps at 0 ms.*with no delay/);
    const micros = () => clock.micro(micros);
    expect(failureOf(marbles(micros)).message).to.match(/more than 100000 steps at 0 ms/);
  });

  it('fails for more than 500 000 steps', () => {
    const failure = failureOf(marbles(() => void interval(1).subscribe(), { until: '100000m' }));
    expect(failure.message).to.match(/more than \d+ steps before 6000000000 ms.*lower `until`/);
  });
});
