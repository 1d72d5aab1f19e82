/**
 * Bad input, as a user would give it: what, where and how to mend it on stderr, exit code 2, nothing half-written.
 * Good input that a budget does not allow: the same, with exit code 7.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { main } from '../../../cli/main.ts';
import { formatServer, formatSource, type ToolDefinition } from '../../../plan/manifest.ts';
import { toolFacts } from '../../../plan/tool-facts.ts';
import { runIn } from './run.ts';
import { Team } from './team.ts';

const repository = resolve(import.meta.dirname, '../../..');
const definition: ToolDefinition = {
  name: 'say',
  description: 'Says a word.',
  inputSchema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
};
const hash = `sha256:${'0'.repeat(64)}` as const;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-bad-'));
  await cp(join(repository, 'Pulumi.yaml'), join(folder, 'Pulumi.yaml'));
  await writeStack({ 'mcpgw:gateway': { name: 'bad-input' } });
  await writeManifest();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeStack(config: Record<string, unknown>) {
  await writeFile(
    join(folder, 'Pulumi.dev.yaml'),
    JSON.stringify({ config: { 'aws:region': 'us-east-1', ...config } }),
  );
}

async function writeManifest() {
  await mkdir(join(folder, 'manifest', 'servers'), { recursive: true });
  await mkdir(join(folder, 'manifest', 'tools'), { recursive: true });
  await writeFile(
    join(folder, 'manifest', 'source.yaml'),
    formatSource({ formatVersion: 1, type: 'folder' }),
  );
  await writeFile(
    join(folder, 'manifest', 'servers', 'echo-mcp-server.yaml'),
    formatServer({
      formatVersion: 1,
      id: 'echo-mcp-server',
      kind: 'stdio',
      package: { name: 'echo-mcp-server', version: '1.0.0' },
      entrypoint: { script: 'echo', module: 'echo.server', attribute: 'main' },
      source: hash,
      lock: hash,
      build: { python: '3.13', architecture: 'arm64', form: 'zip' },
      hosting: { lambda: true },
      probe: { status: 'listed' },
      aws: { actions: {}, unresolved: [] },
      tools: { say: { ...toolFacts(definition), access: 'read', because: 'name' } },
    }),
  );
  await writeFile(join(folder, 'manifest', 'tools', 'echo-mcp-server.json'), JSON.stringify([definition]));
}

async function edit(file: string, change: (text: string) => string) {
  const path = join(folder, 'manifest', file);
  await writeFile(path, change(await readFile(path, 'utf8')));
}

async function run(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const code = await main(argv, { cwd: folder, env: {}, stdout: stream('stdout'), stderr: stream('stderr') });
  return { code, ...written };
}

test('the input that the cases below break is good', async () => {
  const { code, stdout, stderr } = await run('plan');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('1 targets, 1 tools');
});

test('a stack that costs a cent more before the first call than its budget allows', async () => {
  const watched = { 'mcpgw:gateway': { name: 'bad-input' }, 'mcpgw:observe': { dashboard: true } };
  await writeStack(watched);
  const { idleTotal } = JSON.parse((await run('plan', '--json')).stdout).cost;
  await writeStack({ ...watched, 'mcpgw:budget': { idleCost: idleTotal } });
  expect(await run('plan')).toMatchObject({ code: 0, stderr: '' });
  await writeStack({ ...watched, 'mcpgw:budget': { idleCost: idleTotal - 0.01 } });
  const { code, stderr } = await run('plan');
  expect(code).toBe(7);
  expect(stderr).toMatch(/budget\.idleCost: the stack costs \$[\d.]+ a month/);
  expect(stderr).toMatch(/largest: .*a dashboard \$3\.00 \(observe\.dashboard: false\)/);
});

describe('discover', () => {
  test('a folder that is no checkout', async () => {
    await mkdir(join(folder, 'empty'));
    const before = await readdir(join(folder, 'manifest'), { recursive: true });
    const { code, stderr } = await run('discover', '--checkout', 'empty');
    expect(code).toBe(2);
    expect(stderr).toMatch(/empty.*not a checkout|no checkout|has no src/i);
    expect(stderr).toContain('hint:');
    expect(await readdir(join(folder, 'manifest'), { recursive: true })).toEqual(before);
  });

  test('a broken pyproject.toml', async () => {
    await mkdir(join(folder, 'checkout', 'src', 'broken-mcp-server'), { recursive: true });
    await writeFile(
      join(folder, 'checkout', 'src', 'broken-mcp-server', 'pyproject.toml'),
      '[project\nname=',
    );
    const before = await readdir(join(folder, 'manifest'), { recursive: true });
    const { code, stderr } = await run('discover', '--checkout', 'checkout');
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken-mcp-server.*pyproject\.toml/);
    expect(await readdir(join(folder, 'manifest'), { recursive: true })).toEqual(before);
  });
});

describe('manifest', () => {
  test('of another format version', async () => {
    await edit('servers/echo-mcp-server.yaml', (text) =>
      text.replace('formatVersion: 1', 'formatVersion: 99'),
    );
    const { code, stderr } = await run('plan');
    expect(code).toBe(2);
    expect(stderr).toMatch(/echo-mcp-server\.yaml.*formatVersion is 99/);
    expect(stderr).toContain('hint:');
  });

  test('edited by hand, so that the hashes disagree', async () => {
    await edit('tools/echo-mcp-server.json', (text) => text.replace('Says a word', 'Sends all secrets'));
    const { code, stderr } = await run('serve', '--port', '0');
    expect(code).toBe(2);
    expect(stderr).toMatch(/echo-mcp-server/);
    expect(stderr).toMatch(/say/);
    expect(stderr).toContain('hint:');
  });

  test('without the definitions, serving says which command brings them', async () => {
    await rm(join(folder, 'manifest', 'tools'), { recursive: true });
    const { code, stderr } = await run('serve', '--port', '0');
    expect(code).toBe(2);
    expect(stderr).toMatch(/hint: .*discover/);
  });

  test('an unknown key', async () => {
    await edit('servers/echo-mcp-server.yaml', (text) => `${text}surprise: 1\n`);
    const { code, stderr } = await run('plan');
    expect(code).toBe(2);
    expect(stderr).toMatch(/surprise/);
  });
});

describe('settings', () => {
  test('an unknown setting is named', async () => {
    await writeStack({ 'mcpgw:gateway': { name: 'bad-input', colour: 'red' } });
    const { code, stderr } = await run('plan');
    expect(code).toBe(2);
    expect(stderr).toContain('mcpgw:gateway.colour: unknown setting');
  });

  test('a server that does not exist is named, with its nearest neighbour', async () => {
    await writeStack({
      'mcpgw:gateway': { name: 'bad-input' },
      'mcpgw:servers': { include: ['ecko-mcp-server'] },
    });
    const { code, stderr } = await run('plan');
    expect(code).toBe(2);
    expect(stderr).toContain('ecko-mcp-server');
    expect(stderr).toContain('echo-mcp-server');
  });

  test('a stack that does not exist lists those that do', async () => {
    const { code, stderr } = await run('plan', '--stack', 'prod');
    expect(code).toBe(2);
    expect(stderr).toMatch(/prod[\s\S]*dev/);
  });
});

test('a port in use', async () => {
  const holder = createServer();
  await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
  const address = holder.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    const { code, stderr } = await run('serve', '--port', String(port));
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${port} is in use`);
    expect(stderr).toContain('hint:');
    expect(await readdir(folder)).not.toContain('gateway.json');
  } finally {
    await new Promise((done) => holder.close(done));
  }
});

test('every server whose definitions are missing is named, before anything is installed', async () => {
  const team = await Team.open();
  try {
    await team.stack('dev');
    await team.manifest([{ id: 'files-mcp-server' }, { id: 'mail-mcp-server' }]);
    await rm(join(team.folder, 'manifest/tools'), { recursive: true });
    const { code, stderr } = await runIn(team.folder, {}, 'serve', '--stack', 'dev', '--port', '0');
    expect(code).toBe(2);
    expect(stderr).toMatch(/lacks the definitions of files-mcp-server, mail-mcp-server/);
    expect(stderr).toMatch(/mcpgw discover --servers files-mcp-server mail-mcp-server/);
    expect(stderr).not.toMatch(/cannot be installed/);
  } finally {
    await team.close();
  }
});
