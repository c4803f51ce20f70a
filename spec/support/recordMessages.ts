import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect } from 'chai';
import type { DiagnosticsMessages } from '../../lib/index.ts';

type Name = keyof DiagnosticsMessages;

/** The channels of the library. */
export const channelNames: readonly Name[] = [
  'rxsse:connection:open',
  'rxsse:connection:gap',
  'rxsse:connection:error',
  'rxsse:connection:close',
  'rxsse:connection:refuse',
  'rxsse:feed:publish',
  'rxsse:feed:error',
];

/** The messages of all channels, in the order in which they were published. */
export class RecordedMessages {
  readonly all: (readonly [name: Name, message: DiagnosticsMessages[Name]])[] = [];
  readonly #waiting = new Set<() => void>();

  /** The last parts of the names of the channels. */
  get names(): readonly string[] {
    return this.all.map(([name]) => name.replace('rxsse:', ''));
  }

  of<N extends Name>(name: N): readonly DiagnosticsMessages[N][] {
    return this.all.flatMap(([other, message]) => (other === name ? [message as DiagnosticsMessages[N]] : []));
  }

  /** Resolves with the message of a channel, the first one or the one with this index. */
  async next<N extends Name>(name: N, index = 0): Promise<DiagnosticsMessages[N]> {
    for (;;) {
      const message = this.of(name)[index];
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  readonly add = (message: unknown, name: string | symbol): void => {
    expect(message).to.be.frozen;
    this.all.push([name as Name, message as DiagnosticsMessages[Name]]);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  };
}

/** Subscribes to all channels of the library while the callback runs. */
export async function recordMessages<T>(use: (recorded: RecordedMessages) => T | Promise<T>): Promise<T> {
  const recorded = new RecordedMessages();
  for (const name of channelNames) subscribe(name, recorded.add);
  try {
    return await use(recorded);
  } finally {
    for (const name of channelNames) unsubscribe(name, recorded.add);
  }
}
