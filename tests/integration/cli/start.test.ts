/** The main job of the README, as a stranger runs it: start, then token, tools and a call from another process. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../../..');
const mcpgw = join(repository, 'cli', 'mcpgw.mjs');

let folder: string;
let started: ChildProcess;
let printed = '';
/** Of the gateway that was stopped: none of them may be left. */
let running: number[] = [];

/** Starts the README's command and resolves when it has printed how to use it. */
async function start(): Promise<void> {
  printed = '';
  started = spawn('npm', ['start', '--', '--port', '0'], { cwd: folder });
  const ended = once(started, 'exit').then(([code]) => {
    throw new Error(`start ended with ${code}: ${printed}`);
  });
  const ready = new Promise<void>((done) => {
    const take = (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Ctrl-C stops')) done();
    };
    started.stdout?.on('data', take);
    started.stderr?.on('data', take);
  });
  await Promise.race([ready, ended]);
  ended.catch(() => {});
}

async function stop(): Promise<number | null> {
  const exit = once(started, 'exit') as Promise<[number | null]>;
  started.kill('SIGTERM');
  return (await exit)[0];
}

async function ask(...args: string[]) {
  return run(process.execPath, [mcpgw, ...args], { cwd: folder, maxBuffer: 64e6 }).catch(
    (failed: { code: number; stdout: string; stderr: string }) => failed,
  );
}

/** Process ids of all that `pid` started, and of what those started. */
async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.filter(([, of]) => of === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-start-'));
  for (const file of ['Pulumi.yaml', 'Pulumi.local.yaml', 'package.json'])
    await cp(join(repository, file), join(folder, file));
  await symlink(join(repository, 'cli'), join(folder, 'cli'));
  await start();
}, 300_000);

afterAll(async () => {
  for (const left of running.filter(isAlive)) process.kill(left, 'SIGKILL');
  if (started.exitCode === null) await stop();
  await rm(folder, { recursive: true, force: true });
});

test('it prints the URL, and commands that work as printed', async () => {
  expect(printed).toMatch(/http:\/\/127\.0\.0\.1:\d+\/mcp/);
  const commands = [...printed.matchAll(/npx mcpgw (.+)/g)].map((match) => match[1]?.trim().split(' ') ?? []);
  expect(commands.map(([name]) => name)).toEqual(['token', 'tools', 'call']);
  for (const command of commands) {
    const answer = await ask(...command);
    expect(answer).not.toHaveProperty('code');
    expect(answer.stdout.trim()).not.toBe('');
  }
});

test('the token is a JWT of the local issuer, and the listing names its targets', async () => {
  const token = (await ask('token')).stdout.trim();
  expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
    token_use: 'access',
    iss: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
  });
  const tools = JSON.parse((await ask('tools', '--json')).stdout);
  expect(tools.length).toBeGreaterThan(20);
  for (const tool of tools) expect(tool.name).toBe(`${tool.target}___${tool.tool}`);
});

test('arguments that do not fit the schema end with exit code 2 and say which', async () => {
  const answer = await ask('call', 'iam/get_role_policy', '{"role_name": 5}');
  expect(answer).toMatchObject({ code: 2, stderr: expect.stringMatching(/role_name|policy_name/) });
});

test('manifest/ of the project is never touched', async () => {
  const there = ['.mcpgw', 'Pulumi.local.yaml', 'Pulumi.yaml', 'cli', 'package.json'];
  expect((await readdir(folder)).sort()).toEqual(there);
  expect(await readFile(join(folder, '.mcpgw', 'manifest', 'source.yaml'), 'utf8')).toContain('type: pypi');
});

test('SIGTERM to npm ends the gateway and every server it started; a second start finds everything in place', async () => {
  running = await descendantsOf(started.pid ?? 0);
  // The gateway, and a server at least.
  expect(running.length).toBeGreaterThan(1);
  expect(await stop()).toBe(0);
  expect(running.filter(isAlive)).toEqual([]);
  expect((await ask('tools')) as { code?: number }).toMatchObject({ code: 4 });

  await start();
  expect(printed).not.toMatch(/installing|starting/);
}, 120_000);
