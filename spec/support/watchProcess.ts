/** The errors that reached the process itself, since no code handled them. */
interface UnhandledErrors {
  /** Resolves with the errors when pending promises and callbacks have run. */
  settled(): Promise<readonly string[]>;
  stop(): void;
}

/** Collects unhandled errors, in place of mocha, until it is stopped. */
export function watchProcess(): UnhandledErrors {
  const errors: string[] = [];
  const record = (error: unknown): void => {
    errors.push(String(error));
  };
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  for (const event of events) {
    process.removeAllListeners(event);
    process.on(event, record);
  }
  return {
    settled: async () => {
      // Node reports an unhandled rejection at the end of a turn, and the error of a callback within it.
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
      return errors;
    },
    stop: () => {
      events.forEach((event, index) => {
        process.removeListener(event, record);
        for (const listener of before[index] ?? []) process.on(event, listener);
      });
    },
  };
}
