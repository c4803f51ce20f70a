/** A channel of Node's `diagnostics_channel` with messages of one type. */
export interface DiagnosticsChannel<M> {
  readonly hasSubscribers: boolean;
  publish(message: M): void;
}

/**
 * Returns the channel of a name; `undefined` where the runtime has none, as in a browser.
 *
 * A caller checks `hasSubscribers` before it creates a message: without subscribers that is all that a message costs.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
export function diagnosticsChannel<M>(name: string): DiagnosticsChannel<M> | undefined {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(id: 'node:diagnostics_channel'): DiagnosticsModule | undefined };
  };
  return process?.getBuiltinModule?.('node:diagnostics_channel')?.channel(name);
}

/** The part of the module that is used. */
interface DiagnosticsModule {
  channel(name: string): DiagnosticsChannel<unknown>;
}
