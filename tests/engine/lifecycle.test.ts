/** The whole life of a stack on the real engine: brought up, unchanged, one server updated, servers removed, destroyed. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { countTypes, Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers, type SyntheticServer } from './support/synthetic.ts';

jest.setTimeout(240_000);

const TARGET = 'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget';
const servers = manyServers(24);
let stack: Rehearsal;
let first: Operation[];

function withServer(index: number, change: Partial<SyntheticServer>): SyntheticServer[] {
  return servers.map((server, at) => (at === index ? { ...server, ...change } : server));
}

function mostInFlight(operations: readonly Operation[]): number {
  return Math.max(...operations.map(({ inFlight }) => inFlight ?? 0));
}

beforeAll(async () => {
  stack = await Rehearsal.open({});
  await stack.manifest(servers);
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  first = stack.operations();
});
afterAll(() => stack?.close());

describe('up', () => {
  test('makes what the plan says, and nothing is refused', () => {
    expect(first.filter(({ op }) => op !== 'create')).toEqual([]);
    expect(countTypes(first.map(({ urn }) => urn))).toEqual({
      'aws:bedrock/agentcoreGateway:AgentcoreGateway': 1,
      [TARGET]: 24,
      'aws:cloudwatch/logGroup:LogGroup': 24,
      'aws:cognito/resourceServer:ResourceServer': 1,
      'aws:cognito/userPool:UserPool': 1,
      'aws:cognito/userPoolClient:UserPoolClient': 1,
      'aws:cognito/userPoolDomain:UserPoolDomain': 1,
      'aws:iam/role:Role': 25,
      'aws:iam/rolePolicy:RolePolicy': 25,
      'aws:lambda/function:Function': 24,
      'aws:lambda/layerVersion:LayerVersion': 1,
    });
  });

  test('never has more than five target operations under way', () => {
    expect(mostInFlight(first)).toBeLessThanOrEqual(5);
  });

  test('gives the outputs that the command line reads, the client secret only when asked for', async () => {
    const hidden = await stack.outputs();
    expect(hidden).toMatchObject({
      stack: 'test',
      region: 'us-east-1',
      scope: 'tools/invoke',
      clients: '[secret]',
    });
    expect(hidden.gatewayUrl).toMatch(
      /^https:\/\/tools-[0-9a-z]{10}\.gateway\.bedrock-agentcore\.us-east-1\./,
    );
    expect(hidden.tokenUrl).toBe('https://tools-123456789012.auth.us-east-1.amazoncognito.com/oauth2/token');
    expect(hidden.discoveryUrl).toMatch(/^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/us-east-1_/);
    const shown = await stack.outputs(true);
    expect(shown.clients).toEqual({
      default: {
        clientId: expect.stringMatching(/^[0-9a-z]{26}$/),
        clientSecret: expect.stringMatching(/^offline-/),
        scopes: ['tools/invoke'],
      },
    });
  });

  test('keeps the client secret out of everything that is written down', () => {
    const client = first.find(({ type }) => type.endsWith(':UserPoolClient'));
    expect(client?.inputs?.generateSecret).toBe(true);
    expect(/offline-[0-9a-z]{40}/.test(JSON.stringify(first))).toBe(false);
  });
});

describe('a preview', () => {
  test('of an unchanged stack has no changes', async () => {
    expect(await stack.changes()).toEqual([]);
  });

  test('after a new version of one server names its function alone', async () => {
    await stack.manifest(withServer(3, { version: '1.0.1' }));
    const changes = await stack.changes();
    expect(changes.map(({ op, urn }) => `${op} ${shortOf(urn)}`)).toEqual([
      'update Function server-003-mcp-server',
    ]);
  });

  test('after new tools of one server names its function, its target, and the right to read the new schema', async () => {
    await stack.manifest(withServer(3, { version: '2.0.0', word: 'other' }));
    const changes = await stack.changes();
    expect(changes.map(({ op, urn }) => `${op} ${shortOf(urn)}`).sort()).toEqual([
      'update AgentcoreGatewayTarget server-003-mcp-server',
      'update Function server-003-mcp-server',
      'update RolePolicy gateway',
    ]);
  });
});

describe('removing half of the servers while others are added', () => {
  let operations: Operation[];
  beforeAll(async () => {
    const kept = servers.filter((_, index) => index % 2 === 0);
    const added = manyServers(36).slice(24);
    await stack.removeManifest();
    await stack.manifest([...kept, ...added]);
    const { exitCode, stdout } = await stack.up();
    if (exitCode !== 0) throw new Error(stdout);
    operations = stack.operations();
  });

  test('keeps at most five target operations under way', () => {
    const targets = operations.filter(({ type }) => type === TARGET);
    expect(targets.filter(({ op }) => op === 'delete')).toHaveLength(12);
    expect(targets.filter(({ op }) => op === 'create')).toHaveLength(12);
    expect(mostInFlight(targets)).toBeLessThanOrEqual(5);
    expect(operations.filter(({ op }) => op === 'refused')).toEqual([]);
  });

  test('touches no other target', () => {
    const updated = operations.filter(({ op, type }) => op === 'update' && type === TARGET);
    expect(updated).toEqual([]);
  });
});

describe('destroy', () => {
  test('deletes targets before the gateway, in lanes, and leaves nothing', async () => {
    const { exitCode } = await stack.destroy();
    const operations = stack.operations();
    expect(exitCode).toBe(0);
    expect(operations.filter(({ op }) => op !== 'delete')).toEqual([]);
    expect(operations.filter(({ type }) => type === TARGET)).toHaveLength(24);
    // All deletions are known at once, so the lanes are full.
    expect(mostInFlight(operations)).toBe(4);
    expect(stack.existing()).toEqual([]);
  });
});
