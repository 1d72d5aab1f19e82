/**
 * Runs a command where package and layer are read-only mounts and the Python they were made from is hidden:
 * a mount namespace of its own, by root or by an unprivileged user.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interpreter } from '../../../proxies/packaging/interpreter.ts';

const SCRIPT = [
  'set -e',
  'empty=$1 home=$2 minor=$3; shift 3',
  'mount --bind "$empty" "$home/lib/python$minor"',
  'mount --bind /dev/null "$home/bin/python$minor"',
  'for library in "$home/lib/libpython$minor"*; do if [ -f "$library" ]; then mount --bind /dev/null "$library"; fi; done',
  'while [ "$1" != -- ]; do mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; done',
  'shift; exec "$@"',
].join('\n');

/** The command and arguments that run `command` so. */
export function hiding(
  python: Interpreter,
  readOnly: readonly string[],
  command: readonly string[],
): { command: string; args: string[] } {
  const root = process.getuid?.() === 0 ? ['-m'] : ['-r', '-m'];
  const empty = mkdtempSync(join(tmpdir(), 'mcpgw-empty-'));
  const inner = [
    '/bin/sh',
    '-c',
    SCRIPT,
    'sh',
    empty,
    python.home,
    python.minor,
    ...readOnly,
    '--',
    ...command,
  ];
  return { command: 'unshare', args: [...root, ...inner] };
}

/** The output of a command that is run so, with nothing of this environment but PATH. */
export function runHidden(
  python: Interpreter,
  readOnly: readonly string[],
  command: readonly string[],
  env: Record<string, string> = {},
): string {
  const { command: file, args } = hiding(python, readOnly, command);
  return execFileSync(file, args, {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: 'pipe',
  });
}
