/**
 * Process groups that must not outlive us. Children are detached (each leads its own group), so a Ctrl-C in the terminal
 * does not reach them: while any is alive, our own end ends them too.
 */
const groups = new Set<number>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Call the result when the group is gone. */
export function trackGroup(pid: number | undefined): () => void {
  if (pid === undefined) return () => {};
  if (groups.size === 0) {
    process.on('exit', killAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  groups.add(pid);
  return () => {
    groups.delete(pid);
    if (groups.size === 0) release();
  };
}

/** Signals a detached child's group; a group that is gone already is fine. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nothing of it is left.
  }
}

function killAll(): void {
  for (const pid of groups) killGroup(pid);
  groups.clear();
}

function release(): void {
  process.off('exit', killAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  killAll();
  release();
  // Somebody else who listens decides what becomes of us; otherwise the signal does what it always does.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
