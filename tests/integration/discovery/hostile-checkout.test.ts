/** A checkout that means harm: nothing of it runs unless its server was chosen, and nothing outside is read or written. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { discover } from '../../../discovery/index.ts';
import {
  folderWith,
  removeTemporaryFolders,
  serverFiles,
  temporaryFolder,
} from '../../unit/discovery/support.ts';

afterAll(removeTemporaryFolders);

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** Two servers whose every way to run code would leave a file `ran` behind; a git repository that tries the same. */
async function trap(): Promise<{ checkout: string; ran: string; manifest: string }> {
  const outside = await temporaryFolder();
  const ran = path.join(outside, 'ran');
  const touch = `open(${JSON.stringify(ran)}, "w").close()\n`;
  const files: Record<string, string> = {};
  for (const id of ['a-mcp-server', 'b-mcp-server']) {
    Object.assign(files, serverFiles(id, `${touch}def main():\n    pass\n`));
    files[`src/${id}/hatch_build.py`] = touch;
    files[`src/${id}/setup.py`] = touch;
    files[`src/${id}/conftest.py`] = touch;
    files[`src/${id}/pyproject.toml`] +=
      '\n[build-system]\nrequires = []\nbuild-backend = "hatch_build"\nbackend-path = ["."]\n' +
      '\n[tool.hatch.build.targets.wheel.hooks.custom]\npath = "hatch_build.py"\n';
  }
  const checkout = await folderWith(files);
  git(checkout, 'init', '-q');
  git(checkout, 'add', '.');
  git(checkout, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'x');
  const script = path.join(checkout, '.git', 'run.sh');
  await writeFile(script, `#!/bin/sh\necho > ${ran}\n`);
  await chmod(script, 0o755);
  await mkdir(path.join(checkout, '.git', 'hooks'), { recursive: true });
  for (const key of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'filter.x.clean', 'diff.external']) {
    git(checkout, 'config', key, script);
  }
  await writeFile(path.join(checkout, '.gitattributes'), '* filter=x diff=x\n');
  return { checkout, ran, manifest: path.join(outside, 'manifest') };
}

function git(folder: string, ...args: string[]): void {
  const result = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
}

test('without the probe nothing of it is executed: no build hook, no module, nothing that git could be made to run', async () => {
  const { checkout, ran, manifest } = await trap();
  const before = await readdir(checkout, { recursive: true });
  const result = await discover({ checkout, manifest, probe: false });
  expect(result.entries.map((entry) => [entry.id, entry.probe?.status])).toEqual([
    ['a-mcp-server', 'not-run'],
    ['b-mcp-server', 'not-run'],
  ]);
  expect(result.source.type).toBe('git');
  expect(await exists(ran)).toBe(false);
  expect(await readdir(checkout, { recursive: true })).toEqual(before);
});

test('of the servers only the chosen one is executed', async () => {
  const { checkout, ran, manifest } = await trap();
  for (const file of ['hatch_build.py', 'setup.py']) await rm(path.join(checkout, 'src/b-mcp-server', file));
  const result = await discover({ checkout, manifest, servers: ['b-*'], python: 'any' });
  // b cannot be built without its backend; what matters is that a was left alone.
  expect(result.reports.map(({ id, status }) => [id, status])).toEqual([
    ['a-mcp-server', 'not-run'],
    ['b-mcp-server', 'failed'],
  ]);
  expect(await exists(ran)).toBe(false);
}, 120_000);

test('the trap works: chosen, its build hook does run, and a failure is recorded, not thrown', async () => {
  const { checkout, ran, manifest } = await trap();
  const result = await discover({ checkout, manifest, servers: ['a-*'], python: 'any' });
  expect(result.reports[0]).toMatchObject({ id: 'a-mcp-server', status: 'failed' });
  expect(await exists(ran)).toBe(true);
  // In a copy: the checkout itself stays as it was.
  expect(await readdir(path.join(checkout, 'src/a-mcp-server'))).not.toContain('build');
}, 120_000);

test('an edited checkout does not pass for its commit', async () => {
  const { checkout, manifest } = await trap();
  await writeFile(path.join(checkout, 'src/a-mcp-server/awslabs/extra.py'), '');
  const result = await discover({ checkout, manifest, probe: false });
  expect(result.source).toEqual({ formatVersion: 1, type: 'folder' });
  expect(result.warnings).toEqual([
    expect.stringMatching(/differs from commit [0-9a-f]{40} in a-mcp-server/),
  ]);
});

test('a broken pyproject.toml leaves the manifest as it was', async () => {
  const { checkout, manifest } = await trap();
  await discover({ checkout, manifest, probe: false });
  const file = path.join(manifest, 'servers/a-mcp-server.yaml');
  const before = await readFile(file, 'utf8');
  await writeFile(path.join(checkout, 'src/b-mcp-server/pyproject.toml'), 'x = [');
  await expect(discover({ checkout, manifest, probe: false })).rejects.toMatchObject({ exitCode: 2 });
  expect(await readFile(file, 'utf8')).toBe(before);
  expect(await readdir(path.dirname(manifest))).toEqual(['manifest']);
});

test('what is not Python, or too much of it, is told where the permissions are', async () => {
  const folder = 'src/a-mcp-server/awslabs/a_mcp_server';
  const checkout = await folderWith({
    ...serverFiles('a-mcp-server', 'from . import binary, broken, huge\ndef main():\n    pass\n'),
    [`${folder}/broken.py`]: 'def f(:\n  boto3.client("s3").list_buckets(\n',
    [`${folder}/binary.py`]: Buffer.from([0, 255, 254, 0, 1, 2]),
    [`${folder}/huge.py`]: `x = [\n${'f(1),\n'.repeat(400_000)}]\n`,
  });
  const manifest = path.join(await temporaryFolder(), 'manifest');
  const { entries } = await discover({ checkout, manifest, probe: false });
  const words = (file: string): string => `${file}.py is not wholly Python, so what it does is not known`;
  expect(entries[0]?.aws?.unresolved).toEqual(['binary', 'broken', 'huge'].map(words));
});

test('an unknown server name is refused before anything is executed', async () => {
  const { checkout, ran, manifest } = await trap();
  await expect(discover({ checkout, manifest, servers: ['c-*'] })).rejects.toMatchObject({ code: 'usage' });
  expect([await exists(ran), await exists(manifest)]).toEqual([false, false]);
});

describe('our own end', () => {
  const PROBER = `
    import { probeServer } from ${JSON.stringify(path.resolve('discovery/probe/probe.ts'))};
    await probeServer({
      launch: { command: process.execPath, args: [process.argv[2], 'stuck'], env: {} },
      arguments: [],
      environment: { HOSTILE_TEST: process.argv[3] },
      endpoint: 'http://127.0.0.1:9',
    });
    console.log('probed');
    setInterval(() => {}, 1000);
  `;

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'by %s ends the server that is being probed',
    async (signal) => {
      const folder = await folderWith({ 'prober.ts': PROBER });
      const mark = `ended-${signal}-${process.pid}`;
      const server = fileURLToPath(new URL('./hostile-server.mjs', import.meta.url));
      const child = spawn(process.execPath, [path.join(folder, 'prober.ts'), server, mark], {
        stdio: 'ignore',
      });
      // The server itself, not yet the tools that contain it: unshare ties its child to itself just after it made it.
      await until(async () => (await Promise.all((await carrying(mark)).map(isServer))).includes(true));
      child.kill(signal);
      await once(child, 'exit');
      await until(async () => (await carrying(mark)).length === 0);
    },
    60_000,
  );

  async function isServer(pid: string): Promise<boolean> {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.split('\0')[1]?.endsWith('hostile-server.mjs') ?? false;
  }

  async function carrying(mark: string): Promise<string[]> {
    const found: string[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (environment.includes(`HOSTILE_TEST=${mark}`)) found.push(pid);
    }
    return found;
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (await condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('it did not come true in 30 s');
  }
});
