/** What happens to a stack that lives: each case by the real engine, what changes and what does not. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Output } from '../../offline/backend.ts';
import { Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

const servers = manyServers(3);
const [FIRST = '', SECOND = '', THIRD = ''] = servers.map(({ id }) => id);
let stack: Rehearsal;

beforeAll(async () => {
  stack = await Rehearsal.open({});
  await stack.manifest(servers);
  succeed(await stack.up());
  stack.operations();
});
afterAll(() => stack?.close());

function succeed({ exitCode, stdout, stderr }: Output): void {
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
}

/** Applies the settings to the stack as the last case left it: what was done in the account, in words and sorted. */
async function doneWith(config: Record<string, unknown>): Promise<string[]> {
  await stack.configure(config);
  succeed(await stack.up());
  return stack
    .operations()
    .map(({ op, urn }) => `${op} ${shortOf(urn)}`)
    .sort();
}

/** What the update says that is refused; nothing may have been done. */
async function refusalWith(config: Record<string, unknown>): Promise<string> {
  await stack.configure(config);
  const { exitCode, stdout, stderr } = await stack.up();
  expect(exitCode).not.toBe(0);
  expect(stack.operations()).toEqual([]);
  return stdout + stderr;
}

const only = (...include: string[]) => ({ 'mcpgw:servers': { include } });
const settingsOf = (id: string, own: object) => ({ 'mcpgw:servers': { settings: { [id]: own } } });

describe('a server', () => {
  test('whose memory changes is updated alone', async () => {
    expect(await doneWith(settingsOf(SECOND, { memory: 2048 }))).toEqual([`update Function ${SECOND}`]);
  });

  test('that is made read-only keeps what reads', async () => {
    expect(await doneWith(settingsOf(SECOND, { memory: 2048, readOnly: true }))).toEqual([]);
  });

  test('whose target is renamed gets another target and tool schema; its function stays', async () => {
    expect(await doneWith(settingsOf(SECOND, { memory: 2048, target: 'other' }))).toEqual([
      `create AgentcoreGatewayTarget ${SECOND}`,
      `delete AgentcoreGatewayTarget ${SECOND}`,
      `update Function ${SECOND}`,
      'update RolePolicy gateway',
    ]);
  });

  test('that is removed takes its own resources with it, and no other', async () => {
    expect(await doneWith(only(FIRST, THIRD))).toEqual([
      `delete AgentcoreGatewayTarget ${SECOND}`,
      `delete Function ${SECOND}`,
      `delete LogGroup ${SECOND}`,
      `delete Role ${SECOND}`,
      `delete RolePolicy ${SECOND}`,
      'update RolePolicy gateway',
    ]);
  });
});

describe('clients', () => {
  const clients = (...names: string[]) => ({
    ...only(FIRST, SECOND, THIRD),
    'mcpgw:auth': {
      type: 'cognito',
      clients: Object.fromEntries(names.map((name) => [name, { scopes: ['invoke'] }])),
    },
  });
  const secrets = async () =>
    (await stack.outputs(true)).clients as Record<string, { clientId: string; clientSecret: string }>;

  test('a secret is rotated without downtime: two clients, then one; the gateway is told, and stays', async () => {
    succeed(await (await configured(clients('default'))).up());
    stack.operations();
    const first = await secrets();
    expect(await doneWith(clients('default', 'next'))).toEqual([
      'create UserPoolClient next',
      'update AgentcoreGateway gateway',
    ]);
    const both = await secrets();
    expect(both.default).toEqual(first.default);
    expect(await doneWith(clients('next'))).toEqual([
      'delete UserPoolClient default',
      'update AgentcoreGateway gateway',
    ]);
    expect(await secrets()).toEqual({ next: both.next });
  });
});

async function configured(config: Record<string, unknown>): Promise<Rehearsal> {
  await stack.configure(config);
  return stack;
}

describe('an update that would cost the gateway its URL is refused', () => {
  test('another search', async () => {
    const said = await refusalWith({ 'mcpgw:gateway': { name: 'tools', search: 'semantic' } });
    expect(said).toContain('its search would turn from none to semantic');
    expect(said).toContain('allowReplace: true');
  });

  test('another name', async () => {
    expect(await refusalWith({ 'mcpgw:gateway': { name: 'other' } })).toContain(
      'gateway tools would be deleted',
    );
  });

  test('another region', async () => {
    expect(await refusalWith({ 'aws:region': 'eu-west-1' })).toContain(
      'would move from us-east-1 to eu-west-1',
    );
  });

  test('unless it is asked for: then gateway and targets are made anew, functions stay', async () => {
    succeed(await (await configured({})).up());
    stack.operations();
    const { gatewayUrl } = await stack.outputs();
    const changes = await doneWith({
      'mcpgw:gateway': { name: 'tools', search: 'semantic', allowReplace: true },
    });
    expect(changes).toEqual(
      ['create', 'delete'].flatMap((op) => [
        `${op} AgentcoreGateway gateway`,
        ...[FIRST, SECOND, THIRD].map((id) => `${op} AgentcoreGatewayTarget ${id}`),
      ]),
    );
    expect((await stack.outputs()).gatewayUrl).not.toBe(gatewayUrl);
  });
});

/** As the replaced gateway is now. */
const SEARCHED = { 'mcpgw:gateway': { name: 'tools', search: 'semantic' } };

describe('wrong settings', () => {
  test('are named, all of them, before anything is done', async () => {
    const said = await refusalWith({ 'mcpgw:gatway': {}, 'mcpgw:logs': { retention: 5 } });
    expect(said).toContain('mcpgw:gatway: unknown setting');
    expect(said).toContain('mcpgw:logs.retention: unknown setting');
  });
});

describe('an update that fails half-way', () => {
  test('is finished by the next one', async () => {
    await stack.configure(SEARCHED);
    await stack.removeManifest();
    await stack.manifest([...servers, ...manyServers(5).slice(3)]);
    await stack.faults([
      {
        op: 'create',
        urn: 'AgentcoreGatewayTarget::server-004',
        times: 1,
        message: 'InternalServerException',
      },
    ]);
    stack.operations();
    const failed = await stack.up();
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout).toContain('InternalServerException');
    const before = stack.operations();
    expect(before.filter(({ op }) => op === 'refused')).toHaveLength(1);
    await stack.faults([]);
    succeed(await stack.up());
    const after = stack.operations().map(({ op, urn }) => `${op} ${shortOf(urn)}`);
    expect(after).toEqual(['create AgentcoreGatewayTarget server-004-mcp-server']);
    expect(await stack.changes()).toEqual([]);
  });
});

describe('a protected stack', () => {
  test('is not destroyed: gateway and user pool stay', async () => {
    await stack.configure({ ...SEARCHED, 'mcpgw:protect': true });
    succeed(await stack.up());
    const { exitCode, stdout, stderr } = await stack.destroy();
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(/protected/);
    expect(stack.existing().some((key) => key.includes('AgentcoreGateway '))).toBe(true);
    expect(stack.existing().some((key) => key.includes('UserPool '))).toBe(true);
  });

  test('is destroyed whole once it is not protected any more', async () => {
    await stack.configure(SEARCHED);
    succeed(await stack.up());
    succeed(await stack.destroy());
    expect(stack.existing()).toEqual([]);
  });
});
