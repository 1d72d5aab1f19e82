/** `mcpgw discover` on a checkout, from the command line: what is executed, what is written, what the codes say. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../cli/main.ts';
import { parseServer } from '../../../plan/manifest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-discover-'));
  const server = join(folder, 'mcp', 'src', 'trace-mcp-server');
  await mkdir(join(server, 'awslabs', 'trace_mcp_server'), { recursive: true });
  await writeFile(
    join(server, 'pyproject.toml'),
    [
      '[project]',
      'name = "awslabs.trace-mcp-server"',
      'version = "0.1.0"',
      '[project.scripts]',
      '"awslabs.trace-mcp-server" = "awslabs.trace_mcp_server.server:main"',
      '[build-system]',
      'requires = []',
      'build-backend = "hook"',
      'backend-path = ["."]',
      '',
    ].join('\n'),
  );
  // whatever of it runs leaves a trace
  const leaveTrace = `open(${JSON.stringify(join(folder, 'executed'))}, 'w').close()\n`;
  await writeFile(join(server, 'hook.py'), leaveTrace);
  await writeFile(join(server, 'uv.lock'), 'version = 1\nrequires-python = ">=3.10"\n');
  await writeFile(join(server, 'awslabs', 'trace_mcp_server', '__init__.py'), '');
  await writeFile(
    join(server, 'awslabs', 'trace_mcp_server', 'server.py'),
    `${leaveTrace}def main():\n    pass\n`,
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  let said = '';
  const stream = { write: (text: string) => (said += text) };
  const code = await main(argv, { cwd: folder, env: { CI: '1' }, stdout: stream, stderr: stream });
  return { code, said };
}

test('--no-probe executes nothing of a checkout and says so; --check then finds no drift', async () => {
  const { code, said } = await run('discover', '--checkout', 'mcp', '--no-probe');
  expect(code).toBe(0);
  expect(said).toContain('nothing of it is executed');
  expect(existsSync(join(folder, 'executed'))).toBe(false);
  const file = join(folder, 'manifest', 'servers', 'trace-mcp-server.yaml');
  expect(parseServer(await readFile(file, 'utf8'), file)).toMatchObject({
    kind: 'stdio',
    probe: { status: 'not-run' },
  });
  expect((await run('discover', '--checkout', 'mcp', '--no-probe', '--check')).code).toBe(0);
  await writeFile(
    join(folder, 'mcp', 'src', 'trace-mcp-server', 'awslabs', 'trace_mcp_server', 'new.py'),
    'x = 1\n',
  );
  const drift = await run('discover', '--checkout', 'mcp', '--no-probe', '--check');
  expect(drift.code).toBe(6);
  expect(drift.said).toContain('trace-mcp-server');
});

test('a server that cannot be installed is recorded with its reason; --strict makes that a failure', async () => {
  const { code, said } = await run('discover', '--checkout', 'mcp', '--python', 'any');
  expect(code).toBe(0);
  expect(said).toMatch(/trace-mcp-server: failed - ./);
  expect((await run('discover', '--checkout', 'mcp', '--python', 'any', '--strict')).code).toBe(1);
});

test('options that take several values take them one after another', async () => {
  const both = await run('discover', '--from-pypi', 'Not_A_Server', 'neither!', '--no-probe');
  expect(both.code).toBe(2);
  expect(both.said).not.toContain('too many arguments');
  expect(both.said).toContain('neither!');
});
