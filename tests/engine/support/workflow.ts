/** A job of a committed workflow, its commands run as GitHub's runner does: by bash, with the variables of job and step. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Ran } from '../../integration/cli/run.ts';
import { ROOT } from './rehearsal.ts';

interface Workflow {
  jobs: Record<
    string,
    { env?: Record<string, string>; steps: { run?: string; env?: Record<string, string> }[] }
  >;
}

/**
 * Actions are not run: what they bring is there. `given` are values of variables that the YAML takes from an expression;
 * one that is missing fails.
 */
export async function runJob(
  folder: string,
  [file, name]: [file: string, job: string],
  given: Record<string, string>,
): Promise<(Ran & { command: string })[]> {
  const { jobs } = parse(await readFile(join(ROOT, '.github/workflows', file), 'utf8')) as Workflow;
  const job = jobs[name];
  if (!job) throw new Error(`${file} has no job ${name}`);
  const ran: (Ran & { command: string })[] = [];
  for (const { run, env } of job.steps) {
    if (run === undefined) continue;
    const made = { command: run, ...(await bash(run, folder, valuesOf({ ...job.env, ...env }, given))) };
    ran.push(made);
    if (made.code !== 0) break;
  }
  return ran;
}

function valuesOf(written: Record<string, string>, given: Record<string, string>): Record<string, string> {
  const values = Object.entries(written).map(([name, value]): [string, string] => {
    const known = value.includes('${{') ? given[name] : value;
    if (known === undefined) throw new Error(`what is ${name}: ${value}?`);
    return [name, known];
  });
  return { ...given, ...Object.fromEntries(values) };
}

function bash(command: string, cwd: string, env: Record<string, string>): Promise<Ran> {
  // the machine's own ways to its registries, and nothing of an account or of this test run
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:AWS_|PULUMI_|NODE_(?!EXTRA)|JEST_|npm_|GITHUB_)/.test(name),
  );
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', command], {
    cwd,
    env: { ...Object.fromEntries(own), CI: 'true', ...env },
  });
  const ran: Ran = { code: 1, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ran[name] += text;
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ran, code: code ?? 1 }));
  });
}
