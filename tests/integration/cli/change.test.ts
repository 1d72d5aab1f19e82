import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runIn } from './run.ts';
import { Team } from './team.ts';

let team: Team;
const FILE = `# reviewed by security
config:
  aws:region: us-east-1
  mcpgw:gateway: { name: tools }
  mcpgw:servers:
    include:
      - files-mcp-server # the first one
`;
beforeEach(async () => {
  team = await Team.open();
  await writeFile(join(team.folder, 'Pulumi.dev.yaml'), FILE);
  await team.manifest([{ id: 'files-mcp-server' }, { id: 'mail-mcp-server', tools: 3 }]);
});
afterEach(() => team.close());

const run = (...argv: string[]) => runIn(team.folder, {}, ...argv);
const stack = () => readFile(join(team.folder, 'Pulumi.dev.yaml'), 'utf8');

test('a server is added by its short name, said first with --dry-run', async () => {
  const said =
    'Pulumi.dev.yaml: mail-mcp-server added to servers.include\nstack dev: targets +mail, tools 2 -> 5, tokens about 40 -> 100\n';
  expect(await run('add', 'mail', '--dry-run')).toEqual({
    code: 0,
    stdout: said,
    stderr: 'dry run: nothing was written\n',
  });
  expect(await stack()).toBe(FILE);
  expect(await run('add', 'mail')).toEqual({ code: 0, stdout: said, stderr: '' });
  expect(await stack()).toBe(`${FILE}      - mail-mcp-server\n`);
  expect((await run('add', 'mail')).stdout).toMatch(/mail-mcp-server is in stack dev already/);
});

test('and taken out again, the file as it was', async () => {
  await run('add', 'mail');
  expect(await run('remove', 'mail')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/targets -mail, tools 5 -> 2/),
  });
  expect(await stack()).toBe(FILE);
});

test('a budget that it breaks is told before anything is written', async () => {
  await writeFile(join(team.folder, 'Pulumi.dev.yaml'), `${FILE}  mcpgw:budget: { tools: 4 }\n`);
  const { stdout } = await run('add', 'mail', '--dry-run', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    server: 'mail-mcp-server',
    dryRun: true,
    plan: { tools: [2, 5], problems: [{ at: 'budget.tools' }] },
  });
});

test('out of a manifest of packages when no stack is left with it', async () => {
  const packages = { 'example.files-mcp-server': '1.0.0', 'example.mail-mcp-server': '1.0.0' };
  await team.manifest([{ id: 'files-mcp-server' }, { id: 'mail-mcp-server' }], {
    formatVersion: 1,
    type: 'pypi',
    packages,
  });
  await team.stack('prod', { 'mcpgw:servers': { include: ['mail-mcp-server'] } });
  await run('add', 'mail');
  expect((await run('remove', 'mail')).stdout).not.toMatch(/no stack has it/);
  expect((await run('remove', 'mail', '--stack', 'prod')).stdout).toMatch(
    /manifest: mail-mcp-server removed, no stack has it/,
  );
  const source = await readFile(join(team.folder, 'manifest/source.yaml'), 'utf8');
  expect(source).toMatch(/example\.files-mcp-server/);
  expect(source).not.toMatch(/example\.mail-mcp-server/);
  await expect(readFile(join(team.folder, 'manifest/servers/mail-mcp-server.yaml'))).rejects.toThrow();
});

test.each([
  [['remove', 'mial'], /no server mial/],
  [['remove', 'file'], /did you mean files-mcp-server/],
  [['add', 'mail', '--stack', 'nowhere'], /there is no stack nowhere/],
  [['update', 'files', 'mail', '--to', '1.0.0'], /--to takes one server/],
  [['update', '--unpin'], /--unpin needs the servers/],
  [['update', 'nowhere'], /no server nowhere/],
])('%j is bad usage, and nothing is written', async (argv, message) => {
  expect(await run(...argv)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  expect(await stack()).toBe(FILE);
});
