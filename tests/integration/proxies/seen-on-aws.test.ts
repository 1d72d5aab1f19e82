/** What a call did on AWS, from botocore's datagram to the two commands that tell it, with moto in AWS's place. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openGatewayLog } from '../../../cli/gateway-log.ts';
import { Output } from '../../../cli/output.ts';
import { loadProject } from '../../../cli/project.ts';
import { type LocalGateway, startGateway } from '../../../gateway/index.ts';
import type { ServerEntry, ToolDefinition } from '../../../plan/manifest.ts';
import { toolFacts } from '../../../plan/tool-facts.ts';
import { writeManifest } from '../../../store/manifest.ts';
import { cacheDir, stateDir } from '../../../store/paths.ts';
import { serverEntry } from '../../unit/plan/samples.ts';
import { runIn } from '../cli/run.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';

jest.setTimeout(120_000);
const SERVER = new URL('../../fixtures/boto-server.py', import.meta.url).pathname;
const ID = 'boto-mcp-server';
const properties = { service: { type: 'string' }, operation: { type: 'string' } };
const definitions: ToolDefinition[] = [
  { name: 'call', description: 'Calls.', inputSchema: { type: 'object', properties } },
  { name: 'identity', description: 'Who.', inputSchema: { type: 'object', properties: {} } },
];
const from = ['server.py#call'];
const entry: ServerEntry = {
  ...serverEntry(ID),
  tools: Object.fromEntries(
    definitions.map((one) => [one.name, { ...toolFacts(one), access: 'read', because: 'name' }]),
  ),
  aws: {
    actions: { 'iam:ListUsers': { access: 'List', from }, 'iam:ListGroups': { access: 'List', from } },
    unresolved: [],
  },
};

let root: string;
let moto: Moto;
let gateway: LocalGateway;
let log: Awaited<ReturnType<typeof openGatewayLog>>;

beforeAll(async () => {
  moto = await startMoto();
  root = await mkdtemp(join(tmpdir(), 'mcpgw-seen-'));
  await writeFile(join(root, 'Pulumi.yaml'), 'name: mcpgw\nruntime: nodejs\n');
  await writeFile(
    join(root, 'Pulumi.dev.yaml'),
    'config:\n  aws:region: us-east-1\n  mcpgw:gateway: {name: seen}\n',
  );
  await writeManifest(join(root, 'manifest'), {
    source: { formatVersion: 1, type: 'folder' },
    servers: [entry],
    definitions: { [ID]: definitions },
  });
  await moto.createUser('alice');
  const { id, secret } = await moto.createAccessKey('alice');
  process.env.AWS_CONFIG_FILE = join(root, 'aws-config');
  await writeFile(
    process.env.AWS_CONFIG_FILE,
    `[profile alice]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\nendpoint_url = ${moto.url}\n`,
  );
  const { plan } = await loadProject({ root, cwd: root });
  const out = new Output({
    json: false,
    quiet: true,
    stdout: { write: () => {} },
    stderr: { write: () => {} },
  });
  log = await openGatewayLog(stateDir(root), out, false);
  gateway = await startGateway({
    plan,
    definitions: { [ID]: definitions },
    launch: async () => ({
      command: join(cacheDir(), 'moto-5.2.5', 'bin', 'python'),
      args: [SERVER],
      env: {},
    }),
    port: 0,
    manifest: join(root, 'manifest'),
    stateDir: stateDir(root),
    credentials: { profile: 'alice' },
    signals: false,
    log: (line) => log.write(line as Record<string, unknown>),
  });
}, 300_000);
afterAll(async () => {
  await gateway?.close();
  await moto?.close();
  delete process.env.AWS_CONFIG_FILE;
});

const mcpgw = (...argv: string[]) => runIn(root, {}, ...argv);
const callArgs = (operation: string) => ['call', 'boto/call', 'service=iam', `operation=${operation}`];

test('call --aws tells the AWS calls beside the result, which alone is on stdout', async () => {
  const { code, stdout, stderr } = await mcpgw(...callArgs('list_users'), '--aws');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ Users: [{ UserName: 'alice' }] });
  expect(stderr).toMatch(/^AWS call +status +ms +error\nIAM:ListUsers +200 +\d+\n$/);
});

test('and with --json in the one document', async () => {
  const { stdout } = await mcpgw(...callArgs('list_users'), '--aws', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    tool: 'boto___call',
    aws: { calls: [{ action: 'IAM:ListUsers', status: 200, ms: expect.any(Number) }], more: 0 },
  });
  expect(JSON.parse((await mcpgw(...callArgs('list_users'), '--json')).stdout)).not.toHaveProperty('aws');
});

test('of a call that AWS refused as well, with the line that would grant it', async () => {
  await moto.enforce(true);
  const { code, stderr } = await mcpgw(...callArgs('list_roles'), '--aws');
  await moto.enforce(false);
  expect(code).toBe(5);
  expect(stderr).toMatch(/IAM:ListRoles +403 +\d+ +AccessDenied\n.*settings\.boto-mcp-server\.statements/);
});

test('a call that makes none says so', async () => {
  const { code, stderr } = await mcpgw('call', 'boto/identity', '--aws');
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^AWS calls: none/)]);
});

test('the AgentCore gateway does not tell', async () => {
  const { code, stderr } = await mcpgw(...callArgs('list_users'), '--aws', '--stack', 'dev');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/does not tell[\s\S]*why --from-log/)]);
});

test("why --from-log reads the gateway's own log: used and not granted, granted and never used", async () => {
  await log.close();
  const file = join(root, '.mcpgw', 'gateway.log');
  expect(await readFile(file, 'utf8')).toContain('IAM:ListUsers');
  const { code, stdout } = await mcpgw('why', '--from-log', file, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    servers: [
      {
        server: ID,
        used: [
          { action: 'iam:ListRoles', times: 1 },
          { action: 'iam:ListUsers', times: 3 },
        ],
        unused: [{ action: 'iam:ListGroups' }],
        ungranted: [{ action: 'iam:ListRoles', refused: 1, tools: ['call'] }],
      },
    ],
    silent: [],
    foreign: [],
  });
  const text = await mcpgw('why', 'boto', '--from-log', file);
  expect(text.stdout).toMatch(/granted, never used {2}iam:ListGroups/);
});

test.each([
  [['why'], /which server/],
  [['why', 'nothing', '--from-log', '/dev/null'], /nothing is no server/],
  [['why', '--from-log', '/nowhere'], /\/nowhere cannot be read/],
])('%j is bad usage', async (argv, message) => {
  const { code, stderr } = await mcpgw(...argv);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
