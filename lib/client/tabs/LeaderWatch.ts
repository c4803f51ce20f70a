import type { Subscription } from 'rxjs';
import { Alarm } from '../../time/Alarm.ts';
import { clock, randomFraction } from '../../time/clock.ts';
import type { RelayedStatus } from './tabMessages.ts';

/** How long a leader may be silent before it gets a question, and how long it has to answer, in ms; a random time is added. */
const maxSilence = 10_000;
const answerTimeout = 5000;

/** Is notified when a leader is silent. */
interface LeaderWatchObserver {
  /** Sends a question that the leader answers, also when its page is hidden and its timers run late. */
  readonly onSilence: () => void;
  /** The leader is frozen or hangs, since it has not answered. */
  readonly onNoAnswer: () => void;
}

/** Notices that a leader has stopped, although it still has the lock. */
export class LeaderWatch {
  readonly #observer: LeaderWatchObserver;
  readonly #alarm: Alarm;
  #isWaiting = false;

  /** @param owner what the timer ends with */
  constructor(owner: Subscription, observer: LeaderWatchObserver) {
    this.#observer = observer;
    this.#alarm = new Alarm(owner, () => (this.#isWaiting ? observer.onNoAnswer() : this.ask()));
  }

  ask(): void {
    this.#isWaiting = true;
    this.#alarm.set(clock.now() + answerTimeout * (1 + randomFraction()));
    this.#observer.onSilence();
  }

  /** The leader has sent a message. While it waits, it is silent until it connects again. */
  received(status: RelayedStatus | undefined): void {
    this.#isWaiting = false;
    const silence = status?.state === 'retrying' ? status.delay + 1000 : maxSilence * (1 + randomFraction());
    this.#alarm.set(clock.now() + silence);
  }

  stop(): void {
    this.#alarm.set(Infinity);
  }
}
