/**
 * "List my S3 buckets", end to end: agent → token → local gateway → handler → published servers → an AWS API.
 * Then the same with IAM enforced, each server under exactly the policy that the plan gives its role.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { discover, prepareServer } from '../../../discovery/index.ts';
import { callTool, getToken } from '../../../gateway/client.ts';
import { type LocalGateway, startGateway } from '../../../gateway/index.ts';
import { readRunning } from '../../../gateway/running.ts';
import type { Json, JsonObject } from '../../../plan/hash.ts';
import type { ToolDefinition } from '../../../plan/manifest.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import type { Plan, Statement } from '../../../plan/types.ts';
import { readDefinitions, readManifest } from '../../../store/manifest.ts';
import { type Moto, startMoto } from './moto.ts';

jest.setTimeout(600_000); // installs two servers and moto when the cache is empty

const PACKAGES = ['awslabs.aws-dataprocessing-mcp-server==0.1.35', 'awslabs.iam-mcp-server==1.0.25'];
const BUCKETS = 'aws-dataprocessing___list_s3_buckets';
const USERS = 'iam___list_users';

let folder: string;
let moto: Moto;
let plan: Plan;
let definitions: Record<string, ToolDefinition[]>;
let prepare: (server: string) => ReturnType<typeof prepareServer>;
const gateways: LocalGateway[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-s3-question-'));
  const manifestDir = join(folder, 'manifest');
  [moto] = await Promise.all([
    startMoto(),
    discover({ fromPypi: PACKAGES, manifest: manifestDir, python: 'any' }),
  ]);
  const manifest = await readManifest(manifestDir);
  plan = createPlan(
    manifest,
    parseSettings(
      'test',
      { 'mcpgw:gateway': { name: 'tools' }, 'aws:region': 'us-east-1' },
      'Pulumi.test.yaml',
    ),
  );
  const entries = plan.targets.map(({ entry }) => entry);
  definitions = Object.fromEntries(
    await Promise.all(
      entries.map(async (entry) => [entry.id, await readDefinitions(manifestDir, entry)] as const),
    ),
  );
  prepare = (server) => {
    const entry = manifest.servers[server];
    if (entry === undefined) throw new Error(`no ${server} in the manifest`);
    return prepareServer({ entry, source: manifest.source });
  };
  await Promise.all(['glue-raw', 'my-glue-scripts', 'photos'].map((name) => moto.createBucket(name)));
  await moto.createUser('alice');
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await moto?.close();
  delete process.env.AWS_CONFIG_FILE;
  await rm(folder, { recursive: true, force: true });
});

/** A gateway whose servers get the keys by `--profile`; the profile also says where AWS is. */
async function serve(name: string, key: { id: string; secret: string }) {
  const config = join(folder, `${name}.config`);
  const profile = [
    `[profile ${name}]`,
    `aws_access_key_id = ${key.id}`,
    `aws_secret_access_key = ${key.secret}`,
    `endpoint_url = ${moto.url}`,
    '',
  ];
  await writeFile(config, profile.join('\n'));
  process.env.AWS_CONFIG_FILE = config;
  const stateDir = join(folder, name);
  const gateway = await startGateway({
    plan,
    definitions,
    launch: (target) => prepare(target.server),
    port: 0,
    behaviour: { pageSize: 10 }, // so that an agent which reads one page only finds nothing
    stateDir,
    credentials: { profile: name },
    signals: false,
  });
  gateways.push(gateway);
  const running = await readRunning(stateDir);
  const { tokenUrl = '', clientId = '', clientSecret = '', scope = '' } = running ?? {};
  return {
    ...gateway,
    connection: { clientId, clientSecret, scope },
    call: async (tool: string, given: JsonObject = {}): Promise<Json> =>
      callTool(
        { url: gateway.url, token: await getToken({ tokenUrl, clientId, clientSecret, scope }) },
        tool,
        given,
      ),
  };
}

test('an agent finds both tools by itself and gets what the account holds', async () => {
  const gateway = await serve('anybody', { id: 'AKIATEST', secret: 'test' });
  const { connection } = gateway;
  const agent = fileURLToPath(new URL('../../../examples/agent/agent.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [agent, 'list s3 buckets', 'iam list users'],
    {
      env: {
        PATH: process.env.PATH,
        MCPGW_URL: gateway.url,
        MCPGW_ISSUER: gateway.issuer,
        MCPGW_CLIENT_ID: connection.clientId,
        MCPGW_CLIENT_SECRET: connection.clientSecret,
        MCPGW_SCOPE: connection.scope,
      },
    },
  );
  expect(stdout).toContain(`${plan.totals.tools} tools`);
  expect(stdout).toContain(`→ ${BUCKETS}`);
  expect(stdout).toMatch(/glue-raw[\s\S]*my-glue-scripts/);
  expect(stdout).toContain(`→ ${USERS}`);
  expect(stdout).toContain('alice');
});

describe('with IAM enforced', () => {
  afterEach(() => moto.enforce(false));

  /** A user with the planned policy of `target` and nothing else, less the actions left out. */
  async function userFor(target: string, without: readonly string[] = []) {
    const name = `${target}${without.length}-${without.join('-').replace(/\W/g, '-')}`.slice(0, 64);
    await moto.createUser(name);
    await moto.putUserPolicy(name, policyOf(statementsOf(target), without));
    return { name, key: await moto.createAccessKey(name) };
  }

  const statementsOf = (target: string) => plan.targets.find(({ name }) => name === target)?.statements ?? [];

  test.each([
    ['aws-dataprocessing', BUCKETS, {}, 'glue-raw', 's3:ListAllMyBuckets'],
    ['iam', USERS, {}, 'alice', 'iam:ListUsers'],
  ])(
    '%s: %s works under its planned policy, and without one action names it',
    async (target, tool, given, wanted, action) => {
      expect(statementsOf(target).flatMap(({ actions }) => actions)).toContain(action);
      const allowed = await userFor(target);
      const lacking = await userFor(target, [action]);
      const withPolicy = await serve(allowed.name, allowed.key);
      const withoutAction = await serve(lacking.name, lacking.key);
      await moto.enforce(true);
      expect(JSON.stringify(await withPolicy.call(tool, given))).toContain(wanted);
      await expect(withoutAction.call(tool, given)).rejects.toMatchObject({
        code: 'tool-error',
        hint: expect.stringContaining(action),
      });
    },
  );
});

function policyOf(statements: readonly Statement[], without: readonly string[]): object {
  return {
    Version: '2012-10-17',
    Statement: statements
      .map(({ sid, actions, resources }) => ({
        Sid: sid,
        Effect: 'Allow',
        Action: actions.filter((action) => !without.includes(action)),
        Resource: resources,
      }))
      .filter(({ Action }) => Action.length > 0),
  };
}
