import type { Session } from '../Session.ts';
import { type Budget, figuresOf, type Measured } from './Row.ts';

/** Events that a feed is given in one phase, at most, and bytes that all readers together are. */
const mostEvents = 1_000_000;
const mostBytes = 6e9;

/**
 * Publishes flat out: first little, so that the code is warm and one knows how
 * much is enough, then as much as takes the time that there is.
 */
export function throughput(burst: number): (session: Session, budget: Budget) => Promise<Measured> {
  return async (session, { seconds }) => {
    const { readers, users = 1, size = 110 } = session.scenario;
    const step = users > 1 ? lcm(burst, users) : burst;
    const each = (readers * (size + 40)) / users;
    const most = Math.min(mostEvents, mostBytes / each);
    const whole = (events: number): number => Math.max(step, Math.floor(Math.min(events, most) / step) * step);
    const little = Math.ceil((10_000 * users) / readers / step) * step;

    let phase = await session.publish({ events: whole(little), burst });
    for (let tries = 0; tries < 8 && phase.seconds < seconds / 4; tries++) {
      const events = phase.load.deliveries / (readers / users);
      const more = whole(Math.min(events * 8, (events * seconds * 0.4) / phase.seconds));
      if (more <= events) break;
      phase = await session.publish({ events: more, burst });
    }
    // One so slow that its warming up took longer than there is time: that was it.
    if (phase.seconds < seconds) {
      const events = phase.load.deliveries / (readers / users);
      phase = await session.publish({ events: whole((events * seconds) / phase.seconds), burst });
    }
    return { figures: figuresOf(phase), ...(phase.used.profile ? { profile: phase.used.profile } : {}) };
  };
}

function lcm(a: number, b: number): number {
  const gcd = (x: number, y: number): number => (y === 0 ? x : gcd(y, x % y));
  return (a * b) / gcd(a, b);
}

/** Publishes at a pace that everybody can keep up with, and looks at how long it takes and what it costs. */
export function atPace(rate: number, burst = 1): (session: Session, budget: Budget) => Promise<Measured> {
  return async (session, { seconds }) => {
    const events = Math.ceil(Math.max(1, seconds) * rate) * burst;
    await session.publish({ events: Math.ceil(events / 2 / burst) * burst, burst, rate });
    const phase = await session.publish({ events, burst, rate });
    const { p50, p90, p99, max } = phase.load;
    return {
      figures: { ...figuresOf(phase), p50, p90, p99, max },
      ...(phase.used.profile ? { profile: phase.used.profile } : {}),
    };
  };
}
