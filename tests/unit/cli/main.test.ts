import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../cli/main.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mcpgw-cli-'));
});
afterAll(() => rm(cwd, { recursive: true }));

const run = (...argv: string[]) => runIn(cwd, ...argv);

async function runIn(folder: string, ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const env = {};
  const code = await main(argv, { cwd: folder, env, stdout: stream('stdout'), stderr: stream('stderr') });
  return { code, ...written };
}

describe('mcpgw', () => {
  test('--help lists the commands and succeeds', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/discover.*find the servers/);
  });

  test.each([
    [['nonsense'], /unknown command/],
    [['plan', '--nonsense'], /unknown option/],
    [['call'], /missing required argument/],
    [['serve', '--port', 'many'], /--port takes a whole number/],
    [['discover', '--checkout', '.', '--ref', 'main'], /exclude each other/],
    [['config'], /which client/],
    [['config', '--client', 'netscape'], /choices are claude/i],
    [['token', '--stack', 'dev', '--local'], /exclude each other/],
  ])('%j is bad usage', async (argv, message) => {
    const { code, stderr, stdout } = await run(...argv);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('without a running gateway a token is out of reach', async () => {
    const { code, stderr } = await run('token');
    expect(code).toBe(4);
    expect(stderr).toMatch(/no local gateway is running[\s\S]*hint: start one/);
  });

  test('with --json an error is one document on stdout', async () => {
    const { code, stdout, stderr } = await run('plan', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: expect.any(String), message: expect.any(String), hint: expect.any(String) },
    });
    expect(stderr).toBe('');
  });

  test('plan --full prints the Cedar text of a stack with a policy', async () => {
    const root = join(import.meta.dirname, '../../..');
    const shown = await runIn(root, 'plan', '--stack', 'prod', '--full');
    expect(shown.stdout).toMatch(/policy of mcpgw-prod, enforce:\n@id\("all_tools"\)\npermit\(/);
    expect(shown.stdout).toContain('AgentCore::Action::"aws-network"');
    expect((await runIn(root, 'plan', '--stack', 'prod')).stdout).not.toContain('permit(');
  });
});
