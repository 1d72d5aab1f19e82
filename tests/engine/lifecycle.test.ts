/** A stack of every hostable server of the committed manifest on the real engine: up, unchanged, one updated, destroyed. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { checkModel } from '../../offline/plugin/model-check.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { violations } from '../../offline/policy.ts';
import { MAPPINGS } from '../../offline/schema/mappings.ts';
import { sha256 } from '../../plan/hash.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import type { Plan } from '../../plan/types.ts';
import { mutantsOf, recorded, samples, survives } from './support/mutants.ts';
import { countTypes, Rehearsal, shortOf } from './support/rehearsal.ts';
import { mostInFlight, TARGET } from './support/targets.ts';

jest.setTimeout(600_000);

const referees = readReferees();
const SERVER = 'aws-documentation-mcp-server';
let stack: Rehearsal;
let plan: Plan;
let first: Operation[];

beforeAll(async () => {
  stack = await Rehearsal.open({});
  plan = await stack.copyManifest();
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  first = stack.operations();
});
afterAll(() => stack?.close());

/** One policy a role, or managed ones with their attachments; their number is the policies' own matter. */
function policyCounts(operations: readonly Operation[]): Record<string, number> {
  const counts = countTypes(operations.map(({ urn }) => urn));
  const policies = Object.entries(counts).filter(([type]) =>
    /:(RolePolicy|Policy|RolePolicyAttachment)$/.test(type),
  );
  return Object.fromEntries(policies);
}

function withOtherSchema(entry: ServerEntry): ServerEntry {
  const tools = Object.entries(entry.tools ?? {}).map(([name, tool]) => [
    name,
    { ...tool, projection: sha256(name) },
  ]);
  return { ...entry, tools: Object.fromEntries(tools) };
}

describe('up', () => {
  test('makes what the plan says, and nothing is refused', () => {
    const functions = plan.targets.filter(({ kind }) => kind === 'lambda');
    const lambdas = functions.length;
    const zips = functions.filter(({ function: { form } }) => form === 'zip');
    const layers = new Set(zips.map(({ function: { python, architecture } }) => python + architecture));
    expect(lambdas).toBeGreaterThan(40);
    expect(first.filter(({ op }) => op !== 'create')).toEqual([]);
    expect(countTypes(first.map(({ urn }) => urn))).toEqual({
      'aws:bedrock/agentcoreGateway:AgentcoreGateway': 1,
      [TARGET]: plan.targets.length,
      'aws:cloudwatch/logGroup:LogGroup': lambdas,
      'aws:cognito/resourceServer:ResourceServer': 1,
      'aws:cognito/userPool:UserPool': 1,
      'aws:cognito/userPoolClient:UserPoolClient': 1,
      'aws:cognito/userPoolDomain:UserPoolDomain': 1,
      ...policyCounts(first),
      'aws:iam/role:Role': lambdas + 1,
      'aws:lambda/function:Function': lambdas,
      'aws:lambda/layerVersion:LayerVersion': layers.size,
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

describe('the proof', () => {
  test('no house rule is broken by any resource', () => {
    expect(violations(recorded(first), referees.schema)).toEqual([]);
  });

  test('every property that is sent is judged by AWS’s own service model', () => {
    const unjudged = first.flatMap(({ type, inputs = {} }) => {
      const mapping = MAPPINGS[type];
      if (!mapping) throw new Error(`no mapping of ${type}`);
      return checkModel(referees.models, mapping, inputs).unjudged.map((property) => `${type} ${property}`);
    });
    expect([...new Set(unjudged)]).toEqual([]);
  });

  test('can fail: each resource type with a wrong, a missing and a mistyped property is refused', () => {
    const survivors = samples(first).flatMap((resource) => mutantsOf(resource, referees).filter(survives));
    expect(survivors).toEqual([]);
  });
});

describe('a preview', () => {
  test('of an unchanged stack has no changes', async () => {
    expect(await stack.changes()).toEqual([]);
  });

  test('after a new version of one server names its function alone', async () => {
    await stack.editServer(SERVER, (entry) => ({ ...entry, source: sha256('another version') }));
    const changes = await stack.changes();
    expect(changes.map(({ op, urn }) => `${op} ${shortOf(urn)}`)).toEqual([`update Function ${SERVER}`]);
  });

  test('after a new tool schema of one server names its target and the right to read the schema as well', async () => {
    await stack.editServer(SERVER, withOtherSchema);
    const changes = await stack.changes();
    const [grant, ...others] = changes
      .map(({ op, urn }) => `${op} ${shortOf(urn)}`)
      .sort()
      .reverse();
    expect(grant).toMatch(/^update (RolePolicy gateway|Policy gateway-\d)$/);
    expect(others.sort()).toEqual([`update AgentcoreGatewayTarget ${SERVER}`, `update Function ${SERVER}`]);
  });
});

describe('destroy', () => {
  test('deletes targets before the gateway, in lanes, and leaves nothing', async () => {
    const { exitCode } = await stack.destroy();
    const operations = stack.operations();
    expect(exitCode).toBe(0);
    expect(operations.filter(({ op }) => op !== 'delete')).toEqual([]);
    expect(operations.filter(({ type }) => type === TARGET)).toHaveLength(plan.targets.length);
    // All deletions are known at once: several lanes are under way, never too many.
    expect(mostInFlight(operations)).toBeGreaterThan(1);
    expect(mostInFlight(operations)).toBeLessThanOrEqual(5);
    expect(stack.existing()).toEqual([]);
  });
});
