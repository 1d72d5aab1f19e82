/** More of what happens to a stack that lives: additions, clients' scopes, regions, deletions that fail, what stays protected. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Output } from '../../offline/backend.ts';
import { Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

const servers = manyServers(3);
const [FIRST = '', SECOND = '', THIRD = ''] = servers.map(({ id }) => id);
const CLIENTS = { reader: { scopes: ['read'] }, writer: { scopes: ['read', 'write'] } };
const auth = (clients: object) => ({ 'mcpgw:auth': { type: 'cognito', clients } });
const BASE = { ...auth(CLIENTS), 'mcpgw:servers': { include: [FIRST, SECOND] } };
const ISSUER = {
  'mcpgw:auth': {
    type: 'issuer',
    discoveryUrl: 'https://login.example.com/.well-known/openid-configuration',
    clients: ['agents'],
  },
};
let stack: Rehearsal;

beforeAll(async () => {
  stack = await Rehearsal.open(BASE);
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
  await stack.configure({ ...BASE, ...config });
  succeed(await stack.up());
  return stack
    .operations()
    .map(({ op, urn }) => `${op} ${shortOf(urn)}`)
    .sort();
}

const ALL = { 'mcpgw:servers': { include: [FIRST, SECOND, THIRD] } };
const ELSEWHERE = {
  'mcpgw:servers': { ...ALL['mcpgw:servers'], settings: { [SECOND]: { region: 'eu-west-1' } } },
};

test('a server that is added brings its own resources; of the others only the gateway’s grant changes', async () => {
  expect(await doneWith(ALL)).toEqual([
    `create AgentcoreGatewayTarget ${THIRD}`,
    `create Function ${THIRD}`,
    `create LogGroup ${THIRD}`,
    `create Role ${THIRD}`,
    `create RolePolicy ${THIRD}`,
    'update RolePolicy gateway',
  ]);
});

test('a server that works in another region: its function’s settings, nothing moves', async () => {
  expect(await doneWith(ELSEWHERE)).toEqual([`update Function ${SECOND}`]);
});

describe('clients', () => {
  const AUDITED = { ...CLIENTS, reader: { scopes: ['read', 'audit'] } };

  test('each has its own scopes; the gateway admits both, and a token needs one of all scopes', async () => {
    const { clients } = await stack.outputs(true);
    expect(clients).toMatchObject({
      reader: { scopes: ['tools/read'] },
      writer: { scopes: ['tools/read', 'tools/write'] },
    });
  });

  test('another scope of one: the client, the resource server when the scope is new, the gateway; no replacement', async () => {
    const widened = auth({ ...CLIENTS, reader: { scopes: ['read', 'write'] } });
    expect(await doneWith({ ...ELSEWHERE, ...widened })).toEqual(['update UserPoolClient reader']);
    expect(await doneWith({ ...ELSEWHERE, ...auth(AUDITED) })).toEqual([
      'update AgentcoreGateway gateway',
      'update ResourceServer issuer',
      'update UserPoolClient reader',
    ]);
  });

  test('people besides: a public client, the machines’ stay as they are', async () => {
    const people = { callbackUrls: ['http://localhost:8976/callback'] };
    const changes = await doneWith({
      ...ELSEWHERE,
      'mcpgw:auth': { type: 'cognito', clients: AUDITED, people },
    });
    expect(changes).toEqual([
      'create UserPoolClient people',
      'update AgentcoreGateway gateway',
      'update ResourceServer issuer',
    ]);
  });

  test('those that go take their secrets with them; the gateway admits them no more', async () => {
    expect(await doneWith({ ...ELSEWHERE, ...auth({ writer: CLIENTS.writer }) })).toEqual([
      'delete UserPoolClient people',
      'delete UserPoolClient reader',
      'update AgentcoreGateway gateway',
      'update ResourceServer issuer',
    ]);
  });

  test('an issuer that exists instead: the pool goes with all that is in it, the gateway keeps its URL', async () => {
    const { gatewayUrl } = await stack.outputs();
    const changes = await doneWith({ ...ELSEWHERE, ...ISSUER });
    expect(changes).toEqual([
      'delete ResourceServer issuer',
      'delete UserPool issuer',
      'delete UserPoolClient writer',
      'delete UserPoolDomain issuer',
      'update AgentcoreGateway gateway',
    ]);
    expect((await stack.outputs()).gatewayUrl).toBe(gatewayUrl);
  });
});

test('another region of the stack, asked for: everything is made there, nothing stays here', async () => {
  const before = stack.existing();
  const changes = await doneWith({
    ...ELSEWHERE,
    ...ISSUER,
    'aws:region': 'eu-central-1',
    'mcpgw:gateway': { name: 'tools', allowReplace: true },
  });
  expect(changes.filter((change) => change.startsWith('update'))).toEqual([]);
  expect(changes.filter((change) => change.startsWith('create'))).toHaveLength(before.length);
  expect(changes.filter((change) => change.startsWith('delete'))).toHaveLength(before.length);
  expect(stack.existing()).toHaveLength(before.length);
  expect((await stack.outputs()).gatewayUrl).toContain('.eu-central-1.');
  succeed(await stack.destroy());
  expect(stack.existing()).toEqual([]);
  await stack.configure(BASE);
  succeed(await stack.up());
  stack.operations();
});

describe('a deletion that fails', () => {
  test('is told, and made up for by the next update; nothing else is touched twice', async () => {
    await stack.configure({ ...BASE, 'mcpgw:servers': { include: [FIRST] } });
    await stack.faults([
      { op: 'delete', urn: `LogGroup::${SECOND}`, times: 1, message: 'ServiceUnavailable' },
    ]);
    const failed = await stack.up();
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout).toContain('ServiceUnavailable');
    stack.operations();
    await stack.faults([]);
    succeed(await stack.up());
    const after = stack.operations().map(({ op, urn }) => `${op} ${shortOf(urn)}`);
    expect(after).toContain(`delete LogGroup ${SECOND}`);
    expect(after.filter((done) => !done.endsWith(SECOND))).toEqual([]);
    expect(await stack.changes()).toEqual([]);
  });
});

test('destroy leaves nothing but what is protected', async () => {
  await stack.configure({ ...BASE, 'mcpgw:servers': { include: [FIRST] }, 'mcpgw:protect': true });
  succeed(await stack.up());
  succeed(await stack.destroy(['--exclude-protected']));
  const left = stack.existing().map((key) => key.split(' ')[0]?.split(':').pop());
  // And what the protected gateway names: its role, the clients it admits, their scopes.
  expect(left.sort()).toEqual([
    'AgentcoreGateway',
    'ResourceServer',
    'Role',
    'UserPool',
    'UserPoolClient',
    'UserPoolClient',
  ]);
  await stack.configure({ ...BASE, 'mcpgw:servers': { include: [FIRST] } });
  succeed(await stack.up());
  succeed(await stack.destroy());
  expect(stack.existing()).toEqual([]);
});
