/**
 * A stack that was brought up, as a team meets it: a pull request's resources against the real stack, what waits on the
 * base already, and `mcpgw verify --stack`. The control plane that `verify` asks is imitated from the stand-in's memory.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type ControlPlane, startControlPlane } from '../integration/cli/control-plane.ts';
import { Team } from '../integration/cli/team.ts';
import { LiveBackend } from './support/live.ts';

jest.setTimeout(900_000);

const FILES = { id: 'files-mcp-server' };
const QUEUES = { id: 'queues-mcp-server' };
/** Tokens of another issuer: the stand-in has none to give, so `verify` looks at targets alone. */
const ISSUER = { type: 'issuer', discoveryUrl: 'https://id.example.com/.well-known/openid-configuration' };

let team: Team;
let live: LiveBackend;
let plane: ControlPlane;
const given = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
  plane = await startControlPlane();
  team = await Team.open({ program: true });
  await team.stack('dev', { 'mcpgw:auth': { ...ISSUER, audiences: ['tools'] } });
  await team.manifest([FILES]);
  live = await LiveBackend.open(team.folder);
  await pulumi('stack', 'init', 'dev');
  team.commit('base');
  await pulumi('up', '--stack', 'dev', '--yes', '--skip-preview');
});
afterAll(async () => {
  process.env = given;
  plane?.close();
  await live?.close();
  await team?.close();
});

async function pulumi(...args: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await live.pulumi(...args);
  if (exitCode !== 0) throw new Error(`${args.join(' ')}:\n${stdout}\n${stderr}`);
}

/** `mcpgw review`, and the comment it leaves. */
async function review() {
  await rm(join(team.folder, 'out'), { recursive: true, force: true });
  const how = ['--stack', 'dev', '--resources', 'live', '--no-tools', '--out', 'out'];
  const { code, stderr } = await live.run({}, 'review', '--base', 'main', ...how);
  return { code, stderr, comment: await readFile(join(team.folder, 'out', 'dev.md'), 'utf8') };
}

/** `mcpgw verify`; `change` is what became of the targets that the stand-in made. */
function verify(change = {}) {
  const [gateway] = live.existing('aws:bedrock/agentcoreGateway:AgentcoreGateway');
  const made = live.existing('aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget');
  const targets = made.map(({ inputs }) => ({ name: String(inputs.name), status: 'READY', ...change }));
  plane.targets = { [String(gateway?.outputs.gatewayId)]: targets };
  return live.run({ AWS_ENDPOINT_URL: plane.url }, 'verify', '--stack', 'dev');
}

test('the stack is what was planned, by the outputs of the real program', async () => {
  expect(await verify()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^https:\/\/\S+ is as planned: its targets\n$/),
    stderr: expect.stringMatching(/tools were not listed/),
  });
  const failed = { status: 'FAILED', statusReasons: ['Lambda cannot be invoked'] };
  expect(await verify(failed)).toMatchObject({
    code: 6,
    stdout: 'state  files: is FAILED: Lambda cannot be invoked\n1 difference\n',
  });
});

test('what the branch changes is told apart from what is there', async () => {
  team.git('checkout', '--quiet', '-b', 'queues');
  await team.manifest([FILES, QUEUES]);
  team.commit('queues');
  const { code, stderr, comment } = await review();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(comment).toMatch(/- create `bedrock\.AgentcoreGatewayTarget` `queues-mcp-server`/);
  expect(comment).not.toMatch(/not deployed yet|by hand/);
  expect(comment).toMatch(/against the real stack with a role that can only read/);
  expect(await verify()).toMatchObject({
    code: 6,
    stdout: 'missing  queues: the gateway has no such target\n1 difference\n',
  });
});

test('what was merged but not deployed is told apart, and fails nobody else', async () => {
  team.git('checkout', '--quiet', 'main');
  team.git('merge', '--quiet', '--ff-only', 'queues');
  team.git('checkout', '--quiet', '-b', 'mail');
  await team.manifest([FILES, QUEUES, { id: 'mail-mcp-server' }]);
  team.commit('mail');
  const { code, comment } = await review();
  expect(code).toBe(0);
  expect(comment).toMatch(/:warning: \d+ merged and not deployed yet[\s\S]*`queues-mcp-server`/);
  const [, own = ''] = comment.split('<summary>Each resource');
  expect(own).toMatch(/`mail-mcp-server`/);
  expect(own).not.toMatch(/queues/);
});

test('what somebody changed by hand fails the check, and is named', async () => {
  live.changeByHand('aws:lambda/function:Function', { memorySize: 3008 });
  live.deleteByHand('aws:cloudwatch/logGroup:LogGroup');
  const { code, comment } = await review();
  expect(code).toBe(6);
  expect(comment).toMatch(/:x: 2 changed by hand: nobody reviewed it/);
  expect(comment).toMatch(/- update `lambda\.Function` `files-mcp-server` \(`memorySize`\)/);
  expect(comment).toMatch(/- create `cloudwatch\.LogGroup` `files-mcp-server`/);
});
