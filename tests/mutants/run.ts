/**
 * `npm run mutants [-- WORD…]`: breaks each guard on purpose, in a copy of the tree, and runs the test that must turn
 * red. A guard whose mutation no test notices is reported, and fails the run. Words choose mutants by their text, a word
 * behind a minus leaves out (`proxies/ -packaging`).
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MUTANTS } from './all.ts';
import type { Mutant } from './proxies.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const COPIED = [
  'plan',
  'store',
  'cli',
  'proxies',
  'discovery',
  'gateway',
  'examples',
  'manifest',
  'tests',
  'jest.config.mjs',
  'package.json',
  'tsconfig.json',
];
/** For a test that the mutation makes hang; no less than three times what it takes without. */
const LEAST_MS = 180_000;
const MOST_MS = 900_000;
const limits = new Map<string, number>();

const words = process.argv.slice(2);
const chosen = MUTANTS.filter(({ guard, file }) =>
  words.every((word) => `${guard} ${file}`.includes(word.replace(/^-/, '')) !== word.startsWith('-')),
);
const copy = await mkdtemp(join(tmpdir(), 'mcpgw-mutants-'));
const survivors: string[] = [];
try {
  await Promise.all(COPIED.map((name) => cp(join(ROOT, name), join(copy, name), { recursive: true })));
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const test of new Set(chosen.map(({ test: [project, path] }) => `${project} ${path}`))) {
    const [project = '', path = ''] = test.split(' ');
    const began = performance.now();
    const { code } = await jest(MOST_MS, project, path);
    if (code !== 0) throw new Error(`${path} is red without any mutation`);
    limits.set(path, Math.max(LEAST_MS, 3 * (performance.now() - began)));
  }
  for (const [index, mutant] of chosen.entries()) {
    const { code, inTime } = await withMutation(mutant);
    if (code === 0) survivors.push(mutant.guard);
    const outcome = code === 0 ? 'SURVIVED' : inTime ? 'killed  ' : 'hung    ';
    console.log(`${index + 1}/${chosen.length} ${outcome} ${mutant.file}: ${mutant.guard}`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - survivors.length} of ${chosen.length} mutants killed`);
process.exitCode = survivors.length === 0 ? 0 : 1;

async function withMutation({ file, find, replace, test: [project, path, name] }: Mutant): Promise<Ended> {
  const target = join(copy, file);
  const text = await readFile(target, 'utf8');
  if (text.split(find).length !== 2)
    throw new Error(`${file}: ${JSON.stringify(find)} must stand there once`);
  await writeFile(
    target,
    text.replace(find, () => replace),
  );
  try {
    return await jest(limits.get(path) ?? LEAST_MS, project, path, name);
  } finally {
    await writeFile(target, text);
  }
}

interface Ended {
  code: number;
  /** false: it was ended after its time. */
  inTime: boolean;
}

function jest(limit: number, project: string, path: string, name?: string): Promise<Ended> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
  ];
  args.push(path, '--selectProjects', project, '--silent', ...(name === undefined ? [] : ['-t', name]));
  const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', detached: true });
  let inTime = true;
  const end = () => {
    inTime = false;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(end, limit);
  return new Promise((done) => {
    child.once('exit', (code) => {
      clearTimeout(timer);
      done({ code: code ?? 1, inTime });
    });
  });
}
