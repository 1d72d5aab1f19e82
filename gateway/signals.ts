/** Ends the gateway in order when the process is told to stop: servers first, then the process, by the same signal. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `close` at the first signal; a second one ends the process at once. Returns how to stop listening. */
export function closeOnSignals(close: () => Promise<void>): () => void {
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      stop();
      void close().finally(() => process.kill(process.pid, signal));
    };
    process.once(signal, listener);
    return { signal, listener };
  });
  const stop = () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
  return stop;
}
