/** The errors that reached the process itself, since no code handled them. */
interface Unheard {
  /** All of it, when what is under way has settled. */
  settled(): Promise<readonly string[]>;
  stop(): void;
}

/** Looks on, in place of mocha, until it is stopped. */
export function watchProcess(): Unheard {
  const heard: string[] = [];
  const hear = (error: unknown): void => {
    heard.push(String(error));
  };
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  for (const event of events) {
    process.removeAllListeners(event);
    process.on(event, hear);
  }
  return {
    settled: async () => {
      // An unhandled rejection is told at the end of a turn, what a callback throws in the turn itself.
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
      return heard;
    },
    stop: () => {
      events.forEach((event, index) => {
        process.removeListener(event, hear);
        for (const listener of before[index] ?? []) process.on(event, listener);
      });
    },
  };
}
