/** Stack files: the settings of a stack, with every wrong key named, and the places our files lie in. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir, projectRoot, stateDir } from '../../../store/paths.ts';
import { listStacks, readSettings } from '../../../store/stackfile.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mcpgw-stack-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));
const stack = (name: string, text: string) => writeFile(join(root, `Pulumi.${name}.yaml`), text);

test('settings are read with their defaults; secrets and keys of other namespaces are left alone', async () => {
  await stack(
    'dev',
    `secretsprovider: passphrase
encryptionsalt: v1:abc
config:
  aws:region: eu-central-1
  other:token: {secure: v1:xyz}
  mcpgw:gateway: {name: gw-dev}
  mcpgw:servers:
    include: [aws-documentation-mcp-server]
`,
  );
  const settings = await readSettings(root, 'dev');
  expect(settings).toMatchObject({
    stack: 'dev',
    region: 'eu-central-1',
    gateway: { name: 'gw-dev', search: 'none', debugErrors: false },
    auth: { type: 'cognito' },
    servers: { include: ['aws-documentation-mcp-server'], exclude: [], settings: {} },
    readOnly: false,
  });
});

test('a file that Pulumi wrote anew, with texts for booleans, is read as it was', async () => {
  await stack(
    'prod',
    `config:
  aws:region: eu-central-1
  mcpgw:gateway: {name: gw}
  mcpgw:protect: "true"
  mcpgw:readOnly: "false"
  mcpgw:permissionsBoundary: arn:aws:iam::123456789012:policy/boundary
`,
  );
  expect(await readSettings(root, 'prod')).toMatchObject({
    protect: true,
    readOnly: false,
    permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
  });
  await stack('prod', 'config: {aws:region: eu-central-1, mcpgw:gateway: {name: gw}, mcpgw:protect: "yes"}');
  await expect(readSettings(root, 'prod')).rejects.toMatchObject({
    message: expect.stringMatching(/protect/),
  });
});

test('a stack without a file lists those that have one', async () => {
  await stack('dev', 'config: {}');
  await stack('prod', 'config: {}');
  await writeFile(join(root, 'Pulumi.yaml'), 'name: mcpgw');
  expect(await listStacks(root)).toEqual(['dev', 'prod']);
  await expect(readSettings(root, 'staging')).rejects.toMatchObject({
    code: 'settings-missing',
    hint: 'stacks here: dev, prod',
  });
  await expect(readSettings(join(root, 'nowhere'), 'dev')).rejects.toMatchObject({
    code: 'settings-missing',
  });
});

test.each([['../dev'], ['a/b'], ['']])('%j is no stack name', async (name) => {
  await expect(readSettings(root, name)).rejects.toMatchObject({ code: 'settings-missing' });
});

test('all wrong settings are told at once, each by its key', async () => {
  await stack(
    'dev',
    `config:
  mcpgw:gateway: {name: Gateway_1, colour: red}
  mcpgw:budgets: {tools: 1}
  mcpgw:servers: {settings: {iam: {memory: 1}}}
`,
  );
  await expect(readSettings(root, 'dev')).rejects.toMatchObject({
    code: 'settings-invalid',
    message: expect.stringMatching(/^Pulumi\.dev\.yaml:/),
  });
  const error: unknown = await readSettings(root, 'dev').catch((thrown: unknown) => thrown);
  for (const key of [
    'mcpgw:gateway.name: lower-case',
    'mcpgw:gateway.colour: unknown setting',
    'mcpgw:budgets: unknown setting',
    'mcpgw:servers.settings.iam.memory',
    'aws:region: must name',
  ]) {
    expect(String(error)).toContain(key);
  }
});

test.each([
  ['text that is no YAML', 'config: [', /not YAML/],
  ['a list', '- a', /must be a mapping/],
  ['config that is a list', 'config: [a]', /must be a mapping/],
  ['nothing', '', /gateway/],
])('%s is refused', async (_what, text, message) => {
  await stack('dev', text);
  await expect(readSettings(root, 'dev')).rejects.toMatchObject({
    code: 'settings-invalid',
    message: expect.stringMatching(message),
  });
});

test('the project is the nearest folder with a Pulumi.yaml', async () => {
  await mkdir(join(root, 'a/b'), { recursive: true });
  await writeFile(join(root, 'Pulumi.yaml'), 'name: mcpgw');
  expect(projectRoot(join(root, 'a/b'))).toBe(root);
  expect(stateDir(root)).toBe(join(root, '.mcpgw'));
});

test('the cache is where the user or the system wants it', () => {
  expect(cacheDir({ MCPGW_CACHE: '/c', XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/c');
  expect(cacheDir({ XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux')).toBe('/x/mcpgw');
  expect(cacheDir({ HOME: '/h' }, 'linux')).toBe('/h/.cache/mcpgw');
  expect(cacheDir({ HOME: '/h' }, 'darwin')).toBe('/h/Library/Caches/mcpgw');
});
