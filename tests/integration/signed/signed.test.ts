/**
 * A remote server that wants signed requests, whole: its tools are asked for with a profile, planned, served; and a call
 * goes gateway → handler → mcp-proxy-for-aws → remote, signed with the credentials that the server was handed.
 */
import { chmodSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { ensureUv, prepareServer, sourcesOf } from '../../../discovery/index.ts';
import { callTool, getToken, listTools } from '../../../gateway/client.ts';
import { type LocalGateway, startGateway } from '../../../gateway/index.ts';
import { readRunning } from '../../../gateway/running.ts';
import type { Manifest } from '../../../plan/manifest.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import type { Plan } from '../../../plan/types.ts';
import { packageServers } from '../../../proxies/packaging/index.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../../proxies/settings.ts';
import { readDefinitions, readManifest } from '../../../store/manifest.ts';
import { cacheDir } from '../../../store/paths.ts';
import { Testbed } from '../../lambda-testbed/testbed.ts';
import {
  folderWith,
  removeTemporaryFolders,
  serverFiles,
  temporaryFolder,
} from '../../unit/discovery/support.ts';
import { runIn } from '../cli/run.ts';
import { unpack } from '../packaging/unpack.ts';
import { anyPython } from '../proxies/any-python.ts';
import { KEY, type Remote, startRemote } from './remote.ts';

jest.setTimeout(300_000); // installs the proxy when the cache is empty

const ID = 'aws-mcp-server';
let remote: Remote;
let project: string;
let manifest: Manifest;

beforeAll(async () => {
  remote = await startRemote('aws-mcp');
  // The managed server is offered where the one is that it replaces.
  project = await folderWith(serverFiles('aws-api-mcp-server'));
  const stack = { config: configOf({ endpoint: remote.url }) };
  await writeFile(join(project, 'Pulumi.test.yaml'), JSON.stringify(stack));
  process.env.AWS_CONFIG_FILE = join(project, 'aws-config');
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(project, 'none');
  const profile = `[profile signer]\naws_access_key_id = ${KEY.id}\naws_secret_access_key = ${KEY.secret}\n`;
  await writeFile(process.env.AWS_CONFIG_FILE, profile);
});
afterAll(async () => {
  delete process.env.AWS_CONFIG_FILE;
  delete process.env.AWS_SHARED_CREDENTIALS_FILE;
  await remote.close();
  await removeTemporaryFolders();
});

function configOf(own: object): Record<string, unknown> {
  return {
    'aws:region': 'eu-central-1',
    'mcpgw:gateway': { name: 'tools' },
    'mcpgw:servers': {
      include: [ID],
      exclude: ['aws-api-mcp-server'],
      remote: [ID],
      settings: { [ID]: own },
    },
  };
}

function planWith(own: object): Plan {
  return createPlan(manifest, parseSettings('test', configOf(own), 'test'));
}

const discover = (...more: string[]) =>
  runIn(
    project,
    { MCPGW_CACHE: process.env.MCPGW_CACHE ?? '' },
    'discover',
    '--checkout',
    '.',
    '--servers',
    ID,
    ...more,
  );

test('without a profile its tools are not known, and the plan says how they become known', async () => {
  const { code, stdout } = await discover();
  expect(code).toBe(0);
  expect(stdout).toContain(`${ID}: needs-input - AWS lists its tools to signed requests only`);
  expect(remote.signed).toEqual([]);
  manifest = await readManifest(join(project, 'manifest'));
  expect(planWith({ endpoint: remote.url }).problems).toMatchObject([
    {
      at: `servers.remote: ${ID}`,
      hint: expect.stringContaining(`mcpgw discover --servers ${ID} --profile NAME`),
    },
  ]);
});

test('with one they are listed by signed requests; without one again, they stay', async () => {
  const asked = await discover('--stack', 'test', '--profile', 'signer');
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('2 tools') });
  expect(remote.refused).toEqual([]);
  expect(new Set(remote.signed)).toEqual(new Set(['eu-central-1']));
  manifest = await readManifest(join(project, 'manifest'));
  expect(manifest.servers[ID]).toMatchObject({
    kind: 'remote',
    endpoints: ['https://aws-mcp.{region}.api.aws/mcp'],
    tools: { aws___look_up: { access: 'read' }, aws___call_aws: { access: 'write' } },
  });
  expect((await discover('--check')).code).toBe(0);
  expect((await readDefinitions(join(project, 'manifest'), manifest.servers[ID]!)).length).toBe(2);
});

test('a call reaches it through the gateway, signed; only reading tools when the stack says so', async () => {
  const all = planWith({ endpoint: remote.url });
  expect(all.problems).toEqual([]);
  const call = await serve(all, 'all');
  expect(await call.tools()).toEqual(['aws___aws___call_aws', 'aws___aws___look_up']);
  expect(await call.tool('aws___aws___look_up', { topic: 'S3' })).toEqual({
    topic: 'S3',
    region: 'eu-central-1',
  });
  expect(await call.tool('aws___aws___call_aws', { topic: 'S3' })).toBe('written');
  await call.close();

  const reading = await serve(
    planWith({ endpoint: remote.url, readOnly: true, region: 'us-west-2' }),
    'reading',
  );
  expect(await reading.tools()).toEqual(['aws___aws___look_up']);
  expect(await reading.tool('aws___aws___look_up', { topic: 'S3' })).toMatchObject({
    region: 'us-west-2',
  });
  await reading.close();
  expect(remote.refused).toEqual([]);
});

test('packaged for Lambda it does the same, with the credentials of the function', async () => {
  const entry = manifest.servers[ID]!;
  const work = await temporaryFolder();
  chmodSync(work, 0o755); // the sandbox's user must reach what is unpacked here
  const { packages, layers, failed } = await packageServers({
    entries: [entry],
    sourceOf: () => sourcesOf({ entry, source: manifest.source }),
    uv: await ensureUv(),
    out: join(cacheDir(), 'test-packages'),
    testPython: await anyPython(work),
  });
  expect(failed).toEqual([]);
  await unpack(packages[0]?.path ?? '', join(work, 'task'));
  await unpack(layers[0]?.path ?? '', join(work, 'opt'));
  const [target] = planWith({ endpoint: remote.url }).targets;
  const lambda = new Testbed({
    taskRoot: join(work, 'task'),
    environment: {
      [PROXY_VARIABLE]: encodeProxySettings(target!.function.proxy),
      MCPGW_LAYER_ROOT: join(work, 'opt'),
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: KEY.id,
      AWS_SECRET_ACCESS_KEY: KEY.secret,
      AWS_SESSION_TOKEN: 'session',
    },
    timeout: 60,
  });
  try {
    const { payload } = await lambda.call('aws___aws___look_up', { topic: 'S3' });
    expect(payload).toEqual({ topic: 'S3', region: 'eu-central-1' });
    expect(remote.refused).toEqual([]);
  } finally {
    await lambda.close();
    chmodSync(join(work, 'task'), 0o755);
  }
});

async function serve(plan: Plan, name: string) {
  const entry = manifest.servers[ID]!;
  const stateDir = join(project, name);
  await mkdir(stateDir);
  const gateway: LocalGateway = await startGateway({
    plan,
    definitions: { [ID]: await readDefinitions(join(project, 'manifest'), entry) },
    launch: () => prepareServer({ entry, source: manifest.source }),
    port: 0,
    stateDir,
    credentials: { profile: 'signer' },
    signals: false,
  });
  const { tokenUrl = '', clientId = '', clientSecret = '', scope = '' } = (await readRunning(stateDir))!;
  const connection = { url: gateway.url, token: await getToken({ tokenUrl, clientId, clientSecret, scope }) };
  return {
    tools: async () => (await listTools(connection)).map((tool) => tool.name).sort(),
    tool: (tool: string, given: Parameters<typeof callTool>[2]) => callTool(connection, tool, given),
    close: () => gateway.close(),
  };
}
