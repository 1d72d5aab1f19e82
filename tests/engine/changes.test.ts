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
});
afterAll(() => stack?.close());

function succeed({ exitCode, stdout, stderr }: Output): void {
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
}

/** The preview's changes after the settings are these, in words and sorted. */
async function changesWith(config: Record<string, unknown>): Promise<string[]> {
  await stack.configure(config);
  return (await stack.changes()).map(({ op, urn }) => `${op} ${shortOf(urn)}`).sort();
}

async function refusalWith(config: Record<string, unknown>): Promise<string> {
  await stack.configure(config);
  const { exitCode, diagnostics = [], stderr } = await stack.preview();
  expect(exitCode).not.toBe(0);
  return diagnostics.map(({ message }) => message).join('\n') + stderr;
}

const only = (...include: string[]) => ({ 'mcpgw:servers': { include } });
const settingsOf = (id: string, own: object) => ({ 'mcpgw:servers': { settings: { [id]: own } } });

describe('a server', () => {
  test('that is removed takes its own resources with it, and no other', async () => {
    const changes = await changesWith(only(FIRST, THIRD));
    expect(changes.filter((change) => !change.endsWith(SECOND))).toEqual(['update RolePolicy gateway']);
    expect(
      changes.filter((change) => change.endsWith(SECOND)).every((change) => change.startsWith('delete')),
    ).toBe(true);
    expect(changes).toContain(`delete AgentcoreGatewayTarget ${SECOND}`);
  });

  test('whose target is renamed gets another target and tool schema; its function stays', async () => {
    expect(await changesWith(settingsOf(SECOND, { target: 'other' }))).toEqual([
      `replace AgentcoreGatewayTarget ${SECOND}`,
      `update Function ${SECOND}`,
      'update RolePolicy gateway',
    ]);
  });

  test('whose memory changes is updated alone', async () => {
    expect(await changesWith(settingsOf(SECOND, { memory: 2048 }))).toEqual([`update Function ${SECOND}`]);
  });

  test('that is made read-only keeps what reads', async () => {
    expect(await changesWith(settingsOf(SECOND, { readOnly: true }))).toEqual([]);
  });
});

describe('clients', () => {
  const clients = (...names: string[]) => ({
    'mcpgw:auth': {
      type: 'cognito',
      clients: Object.fromEntries(names.map((name) => [name, { scopes: ['invoke'] }])),
    },
  });

  test('one more is made, and the gateway told of it', async () => {
    expect(await changesWith(clients('default', 'next'))).toEqual([
      'create UserPoolClient next',
      'update AgentcoreGateway gateway',
    ]);
  });

  test('a secret is rotated without downtime: two clients, then one', async () => {
    await stack.configure(clients('default', 'next'));
    succeed(await stack.up());
    const both = (await stack.outputs(true)).clients as Record<string, { clientId: string }>;
    expect(Object.keys(both).sort()).toEqual(['default', 'next']);
    await stack.configure(clients('next'));
    succeed(await stack.up());
    const left = (await stack.outputs(true)).clients as Record<string, { clientId: string }>;
    expect(left).toEqual({ next: both.next });
    const gatewayOps = stack.operations().filter(({ type }) => type.endsWith(':AgentcoreGateway'));
    expect(gatewayOps.map(({ op }) => op)).toEqual(['create', 'update', 'update']);
    await stack.configure({});
    succeed(await stack.up());
  });
});

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
    const changes = await changesWith({
      'mcpgw:gateway': { name: 'tools', search: 'semantic', allowReplace: true },
    });
    expect(changes).toEqual([
      'replace AgentcoreGateway gateway',
      ...[FIRST, SECOND, THIRD].map((id) => `replace AgentcoreGatewayTarget ${id}`),
    ]);
  });
});

describe('wrong settings', () => {
  test('are named, all of them, before anything is done', async () => {
    const said = await refusalWith({ 'mcpgw:gatway': {}, 'mcpgw:logs': { retention: 5 } });
    expect(said).toContain('mcpgw:gatway: unknown setting');
    expect(said).toContain('mcpgw:logs.retention: unknown setting');
  });
});

describe('an update that fails half-way', () => {
  test('is finished by the next one', async () => {
    await stack.configure({});
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
    await stack.configure({ 'mcpgw:protect': true });
    succeed(await stack.up());
    const { exitCode, stdout, stderr } = await stack.destroy();
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(/protected/);
    expect(stack.existing().some((key) => key.includes('AgentcoreGateway '))).toBe(true);
    expect(stack.existing().some((key) => key.includes('UserPool '))).toBe(true);
  });

  test('is destroyed whole once it is not protected any more', async () => {
    await stack.configure({});
    succeed(await stack.up());
    succeed(await stack.destroy());
    expect(stack.existing()).toEqual([]);
  });
});
