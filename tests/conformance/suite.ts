/** Runs one scenario of @modelcontextprotocol/conformance and reads what it found from its checks.json. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runChild } from '../../discovery/child.ts';

export interface Check {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
  errorMessage?: string;
  details?: unknown;
}

const program = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist',
  'index.js',
);

/** `args` beside the scenario: `['server', '--url', …]` or `['client', '--command', …]`. */
export async function runScenario(scenario: string, args: readonly string[]): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-conformance-'));
  try {
    const { stdout, stderr } = await runChild(
      process.execPath,
      [program, ...args, '--scenario', scenario, '--output-dir', folder],
      { seconds: 60, env: process.env },
    );
    const result = (await readdir(folder, { recursive: true })).find((file) => file.endsWith('checks.json'));
    if (result === undefined) throw new Error(`${scenario} left no result: ${stdout}${stderr}`);
    return JSON.parse(await readFile(join(folder, result), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every scenario the suite has for servers. */
export async function serverScenarios(): Promise<string[]> {
  const { stdout } = await runChild(process.execPath, [program, 'list', '--server'], {
    seconds: 60,
    env: process.env,
  });
  return [...stdout.matchAll(/^ +- (\S+)/gm)].map(([, name = '']) => name);
}

export function problemsOf(checks: readonly Check[]): string[] {
  return checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ id, status, errorMessage }) => `${status} ${id}: ${errorMessage}`);
}
