/**
 * `mcpgw deploy` as one command, as a user runs it on an account of his own: preflight, packages and schemas into the
 * artefact store, preview, update, a look at every target and tool, a first call. The engine is the real one, AWS is
 * the stand-in, moto and the imitated account of support/account.ts.
 */
import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { Team } from '../integration/cli/team.ts';
import { Account, BUCKET } from './support/account.ts';
import { LiveBackend } from './support/live.ts';

jest.setTimeout(900_000);

const FILES = { id: 'files-mcp-server', free: true };
const QUEUES = { id: 'queues-mcp-server', free: true };
const MAIL = { id: 'mail-mcp-server' };

let team: Team;
let live: LiveBackend;
let account: Account;

beforeAll(async () => {
  team = await Team.open({ program: true });
  await team.stack('dev', {
    'mcpgw:artefacts': { bucket: BUCKET },
    'mcpgw:protect': false, // Pulumi makes a text of it
  });
  await team.manifest([FILES, QUEUES, MAIL]);
  live = await LiveBackend.open(team.folder);
  account = await Account.open(live, team.folder);
});
afterAll(async () => {
  await account?.close();
  await live?.close();
  await team?.close();
});
beforeEach(() => {
  Object.assign(account, { states: {}, broken: [], denied: [], answers: [] });
});

const deploy = (...argv: string[]) =>
  live.spawn(account.environment, 'deploy', '--stack', 'dev', '--yes', ...argv).ended;
const made = () =>
  live.backend.run(['stack', 'ls', '--json']).then(({ stdout }) => JSON.parse(stdout) as unknown[]);

const setting = (key: string, value: unknown) => team.setting('dev', key, value);

test('what is known to fail is told all at once, and nothing is made', async () => {
  account.denied = ['lambda:CreateFunction'];
  await setting('mcpgw:accounts', ['111122223333']);
  const without = { ...account.environment, PULUMI_CONFIG_PASSPHRASE: undefined };
  const { code, stderr } = await live.spawn(without, 'deploy', '--stack', 'dev', '--yes').ended;
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toMatch(/secrets: there is no passphrase, and no key, for the stack's secrets/);
  expect(stderr).toMatch(
    /account: the credentials are of account 123456789012, the stack is for 111122223333/,
  );
  expect(stderr).toMatch(/lacks 1 of \d+ actions: lambda:CreateFunction/);
  expect(await made()).toEqual([]);
  await setting('mcpgw:accounts', ['123456789012']);
});

test('what cannot be packaged stops it before anything is registered', async () => {
  const { code, stderr } = await deploy();
  expect(code).toBe(1);
  expect(stderr).toMatch(/the artefact store lacks:\n {2}packages\/.*nothing was changed/s);
});

test('one that fails in the middle says what is there and what to run; the same command goes on', async () => {
  await account.putPackages('dev');
  await live.faults([{ op: 'create', urn: 'AgentcoreGatewayTarget::queues', times: 1 }]);
  const failed = await deploy();
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/injected by the fault switch/);
  expect(failed.stderr).toMatch(/holds \d+ resources now, 2 of 3 targets\nwithout: queues-mcp-server/);
  expect(failed.stderr).toMatch(/hint: run `mcpgw deploy --stack dev` again/);
  await live.faults([]);
  const { code, stdout, stderr } = await deploy();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^stack dev: deployed\n/);
  const [gateway] = live.existing('aws:bedrock/agentcoreGateway:AgentcoreGateway');
  expect(stdout).toContain(
    `\n  https://${gateway?.id}.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp\n`,
  );
  expect(stdout).toMatch(
    / {2}a token {3}npx mcpgw token --stack dev\n {2}a call {4}npx mcpgw call files\/tool_0 --stack dev\n$/,
  );
  // what it printed, as it stands
  const token = await live.spawn(account.environment, 'token', '--stack', 'dev').ended;
  expect(token).toMatchObject({ code: 0, stdout: expect.stringMatching(/^eyJ/) });
  const called = await live.spawn(account.environment, 'call', 'files/tool_0', '--stack', 'dev').ended;
  expect(called).toMatchObject({ code: 0, stdout: expect.stringMatching(/"called": ?"tool_0"/) });
});

test('there is nothing to do a second time, and it is looked at all the same', async () => {
  const { code, stdout } = await deploy('--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    result: 'unchanged',
    checked: {
      gateways: [{ tools: 6 }],
      unasked: [],
      calls: [
        { server: 'files-mcp-server', answer: 'answered' },
        { server: 'mail-mcp-server', answer: 'none fits' },
        { server: 'queues-mcp-server', answer: 'answered' },
      ],
    },
  });
});

test('what somebody took away by hand is drift', async () => {
  const verify = () => live.spawn(account.environment, 'verify', '--stack', 'dev').ended;
  expect(await verify()).toMatchObject({ code: 0 });
  const target = live
    .existing('aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget')
    .find(({ inputs }) => inputs.name === 'queues');
  await appendFile(live.backend.journal, `${JSON.stringify({ ...target, op: 'delete' })}\n`);
  expect(await verify()).toMatchObject({
    code: 6,
    stdout: expect.stringMatching(/^missing {2}queues: the gateway has no such target$/m),
  });
  const looked = await live.pulumi('preview', '--stack', 'dev', '--refresh', '--expect-no-changes');
  expect(looked.exitCode).not.toBe(0);
  expect(looked.stdout + looked.stderr).toMatch(/no changes were expected/);
  const refreshed = await live.pulumi('refresh', '--stack', 'dev', '--yes', '--skip-preview');
  expect(refreshed).toMatchObject({ exitCode: 0 });
});

test('it is made again; a server that does not answer fails the deployment; the way back is the older commit', async () => {
  const older = team.commit('older');
  await setting('mcpgw:tags', { team: 'platform' });
  const newer = team.commit('newer');
  account.broken = ['queues-mcp-server'];
  expect(await deploy()).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is deployed, but 1 server does not answer:\n {2}queues-mcp-server: /),
  });
  account.broken = [];
  const held = async () =>
    JSON.parse(
      (await live.pulumi('stack', 'output', 'release', '--json', '--stack', 'dev')).stdout,
    ) as object;
  expect(await held()).toMatchObject({ commit: newer });
  team.git('checkout', '--quiet', older);
  const { code, stderr } = await deploy();
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /commit: the stack holds commit [0-9a-f]{12}.*which is newer than this one/,
    ),
  });
  expect(await deploy('--roll-back')).toMatchObject({ code: 0 });
  expect(await held()).toMatchObject({ commit: older });
  team.git('checkout', '--quiet', 'main');
});

test('an interrupt lets Pulumi end what is under way, and what exists is told', async () => {
  await setting('mcpgw:tags', { team: 'agents' });
  const { child, ended } = live.spawn(
    { ...account.environment, MCPGW_OFFLINE_LATENCY: '1500' },
    ...['deploy', '--stack', 'dev', '--yes'],
  );
  child.stderr?.on('data', (text: string) => {
    if (/updating|updated/.test(text)) child.kill('SIGINT');
  });
  const { code, stderr } = await ended;
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toMatch(/`pulumi up` failed/);
  expect(stderr).toMatch(/stack dev holds \d+ resources now, 3 of 3 targets/);
  expect(stderr).toMatch(/hint: run `mcpgw deploy --stack dev` again/);
  const { deployment } = JSON.parse((await live.pulumi('stack', 'export', '--stack', 'dev')).stdout) as {
    deployment: { pending_operations?: unknown[] };
  };
  expect(deployment.pending_operations ?? []).toEqual([]);
});
