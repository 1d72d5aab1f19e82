/**
 * Helpers of a server that left its process group by a session of their own. They still carry the server's mark in
 * their environment, which no other process has. Linux shows environments in /proc; macOS by `ps -E`, but not those of
 * Apple's own programs: there what descends from the server is remembered before it ends.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A variable that each server is given with a value of its own; what it starts inherits it. */
export const MARK = 'MCPGW_PROCESS';

export interface ProcessRow {
  pid: number;
  parent: number;
  /** Command line and environment. */
  command: string;
}

const isLinux = process.platform === 'linux';

/** Kills what carries the mark, and what is still there of `helpers`, until nothing is (bounded). */
export async function killStrays(
  mark: string,
  helpers: readonly ProcessRow[] = [],
  find: typeof straysInProc = isLinux ? straysInProc : straysByPs,
): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const strays = await find(mark, helpers);
    if (strays.length === 0) return;
    for (const pid of strays) kill(pid);
    await delay(10);
  }
}

/** What descends from a process now; nothing where the mark alone finds all of it. */
export async function helpersOf(pid: number, always = !isLinux): Promise<ProcessRow[]> {
  return always ? descendants(await processes(), [pid]) : [];
}

async function straysInProc(mark: string, _helpers: readonly ProcessRow[]): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const found: number[] = [];
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.includes(`${MARK}=${mark}`)) found.push(Number(name));
  }
  return found;
}

export async function straysByPs(mark: string, helpers: readonly ProcessRow[]): Promise<number[]> {
  return strays(await processes(), mark, helpers).map(({ pid }) => pid);
}

/** What carries the mark and what descends from it; helpers only while the same command runs under their number. */
export function strays(
  rows: readonly ProcessRow[],
  mark: string,
  helpers: readonly ProcessRow[],
): ProcessRow[] {
  const marked = rows.filter(({ command }) => command.includes(`${MARK}=${mark}`));
  const known = rows.filter((row) =>
    helpers.some(({ pid, command }) => pid === row.pid && command === row.command),
  );
  const roots = [...new Set([...marked, ...known])];
  const below = descendants(
    rows,
    roots.map(({ pid }) => pid),
  );
  return [...new Set([...roots, ...below])];
}

export function descendants(rows: readonly ProcessRow[], of: readonly number[]): ProcessRow[] {
  const found = new Set<ProcessRow>();
  const parents = [...of];
  for (const parent of parents) {
    for (const row of rows) {
      if (row.parent !== parent || found.has(row)) continue;
      found.add(row);
      parents.push(row.pid);
    }
  }
  return [...found];
}

/** Lines of `ps`: number, parent's number, command and environment. Ended ones are left out. */
export function parseProcesses(text: string): ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, state, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (pid === undefined || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** BSD's and procps' spelling of: all processes, with environment, however wide. */
const PS = isLinux ? ['axeww'] : ['-A', '-E', '-ww'];
const COLUMNS = ['-o', 'pid=,ppid=,state=,command='];

async function processes(): Promise<ProcessRow[]> {
  const text = await new Promise<string>((resolve) => {
    execFile('ps', [...PS, ...COLUMNS], { maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) => resolve(stdout));
  });
  return parseProcesses(text);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
