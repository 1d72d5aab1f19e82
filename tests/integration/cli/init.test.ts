import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runIn } from './run.ts';
import { Team } from './team.ts';

let team: Team;
beforeEach(async () => {
  team = await Team.open();
  await writeFile(join(team.folder, '.gitignore'), '/manifest/tools/\nnode_modules\n');
  await writeFile(
    join(team.folder, 'Pulumi.dev.yaml'),
    '# development\nconfig:\n  aws:region: us-east-1\n  mcpgw:gateway:\n    name: mcpgw-dev # short\n',
  );
  await team.manifest([
    { id: 'files-mcp-server' },
    { id: 'iam-mcp-server' },
    { id: 'aws-documentation-mcp-server' },
  ]);
  await mkdir(join(team.folder, 'infra'));
  await writeFile(join(team.folder, 'infra/index.ts'), 'one\n');
  team.commit('upstream, first');
});
afterEach(() => team.close());

const run = (...argv: string[]) => runIn(team.folder, {}, ...argv);
const read = (file: string) => readFile(join(team.folder, file), 'utf8');

test('a clone becomes a team’s: its names, its stacks, its definitions committed', async () => {
  const before = team.git('status', '--porcelain');
  expect(await run('init', '--name', 'acme', '--dry-run')).toMatchObject({
    code: 0,
    stdout: expect.not.stringMatching(/next:/),
    stderr: 'dry run: nothing was written\n',
  });
  expect(team.git('status', '--porcelain')).toBe(before);
  expect(
    await run('init', '--name', 'acme', '--region', 'eu-central-1', '--account', '123456789012'),
  ).toMatchObject({ code: 0 });
  expect(await read('Pulumi.dev.yaml')).toBe(
    '# development\nconfig:\n  aws:region: eu-central-1\n  mcpgw:gateway:\n    name: acme-dev # short\n  mcpgw:accounts:\n    - "123456789012"\n',
  );
  expect(parse(await read('Pulumi.prod.yaml')).config).toMatchObject({
    'mcpgw:gateway': { name: 'acme-prod' },
    'mcpgw:protect': true,
  });
  for (const stack of ['dev', 'staging', 'prod'])
    expect(await run('plan', '--stack', stack)).toMatchObject({ code: 0 });
  team.git('add', '--all');
  expect(team.git('diff', '--cached', '--name-only').trim().split('\n')).toEqual([
    'Pulumi.dev.yaml',
    'Pulumi.prod.yaml',
    'Pulumi.staging.yaml',
    'manifest/.gitignore',
    'manifest/tools/aws-documentation-mcp-server.json',
    'manifest/tools/files-mcp-server.json',
    'manifest/tools/iam-mcp-server.json',
  ]);
  expect((await run('init', '--name', 'acme')).stdout).toBe('nothing to do\n');
});

describe('a newer upstream', () => {
  beforeEach(async () => {
    team.git('branch', 'upstream');
    await run('init', '--name', 'acme');
    await team.manifest([{ id: 'files-mcp-server', version: '2.0.0' }]);
    team.commit('ours');
    team.git('checkout', '--quiet', 'upstream');
    await writeFile(join(team.folder, 'infra/index.ts'), 'two\n');
    await writeFile(join(team.folder, 'Pulumi.dev.yaml'), 'config: {}\n');
    await team.manifest([{ id: 'files-mcp-server', version: '3.0.0' }, { id: 'queues-mcp-server' }]);
    team.commit('upstream, second');
    team.git('checkout', '--quiet', 'main');
  });

  test('is taken, and what is the team’s stays to the letter', async () => {
    expect(await run('init', '--upgrade', 'upstream')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 files of/),
    });
    expect(await read('infra/index.ts')).toBe('two\n');
    expect(team.git('diff', '--cached', '--name-only')).toBe('infra/index.ts\n');
    expect(team.git('diff', '--name-only')).toBe('');
    team.git('commit', '--quiet', '--no-edit');
    expect((await run('init', '--upgrade', 'upstream')).stdout).toMatch(/^0 files of/);
  });

  test('does not run over changes of upstream’s own files', async () => {
    await writeFile(join(team.folder, 'infra/index.ts'), 'mine\n');
    team.commit('mine');
    const { code, stderr } = await run('init', '--upgrade', 'upstream');
    expect(stderr).toMatch(/changed here and upstream: infra\/index\.ts/);
    expect(code).toBe(2);
    expect(await read('infra/index.ts')).toBe('mine\n');
    expect(team.git('status', '--porcelain')).toBe('');
  });

  test('waits for what is not committed', async () => {
    await writeFile(join(team.folder, 'infra/index.ts'), 'mine\n');
    expect(await run('init', '--upgrade', 'upstream')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/not committed/),
    });
  });
});

test('outside of a clone it says so', async () => {
  await rm(join(team.folder, 'Pulumi.yaml'));
  expect(await run('init')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no clone of this repository/),
  });
});
