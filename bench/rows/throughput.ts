import type { Session } from '../Session.ts';
import { type Budget, figuresOf, type Measured, withProfile } from './Row.ts';

/** The most events of a feed, and the most bytes of all readers together, in one phase. */
const maxEvents = 1_000_000;
const maxBytes = 6e9;

/**
 * Publishes flat out: first a little, to warm up and to measure the pace, then as
 * much as fills the time of the budget.
 */
export function throughput(burst: number): (session: Session, budget: Budget) => Promise<Measured> {
  return async (session, { seconds }) => {
    const { readers, users = 1, size = 110 } = session.scenario;
    const step = users > 1 ? lcm(burst, users) : burst;
    const each = (readers * (size + 40)) / users;
    const most = Math.min(maxEvents, maxBytes / each);
    const whole = (events: number): number => Math.max(step, Math.floor(Math.min(events, most) / step) * step);

    let events = whole(Math.ceil((10_000 * users) / readers / step) * step);
    let phase = await session.publish({ events, burst });
    // Some servers get faster with more work, so one estimate would fall short.
    for (let tries = 0; tries < 10 && phase.seconds < seconds * 0.7; tries++) {
      const more = whole(events * Math.min(8, Math.max(1.5, (seconds * 1.1) / phase.seconds)));
      if (more <= events) break;
      events = more;
      phase = await session.publish({ events, burst });
    }
    return withProfile(figuresOf(phase), phase.used);
  };
}

function lcm(a: number, b: number): number {
  const gcd = (x: number, y: number): number => (y === 0 ? x : gcd(y, x % y));
  return (a * b) / gcd(a, b);
}

/** Publishes at a pace that every server keeps up with, and measures latency and cost. */
export function atPace(rate: number, burst = 1): (session: Session, budget: Budget) => Promise<Measured> {
  return async (session, { seconds }) => {
    const events = Math.ceil(Math.max(1, seconds) * rate) * burst;
    await session.publish({ events: Math.ceil(events / 2 / burst) * burst, burst, rate });
    const phase = await session.publish({ events, burst, rate });
    const { p50, p90, p99, max } = phase.load;
    return withProfile({ ...figuresOf(phase), p50, p90, p99, max }, phase.used);
  };
}
