/** The generated Cedar text, validated against the generated schema and evaluated by Cedar itself. */
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from '@jest/globals';
import { cedarRequest } from '../../../gateway/policy.ts';
import { gatewayUnits } from '../../../plan/gateways.ts';
import { createPlan } from '../../../plan/plan.ts';
import { cedarText, permitsOf, policiesOf, statementOf } from '../../../plan/policy/policy.ts';
import { cedarSchema } from '../../../plan/policy/schema.ts';
import { manifestOf, serverEntry, settingsOf } from './samples.ts';

const ARN = 'arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/gw-dev-ab12cd34ef';
const place = { gatewayArn: ARN, clientIds: { reader: 'id-reader', writer: 'id-writer' } };
const auth = {
  type: 'cognito',
  clients: { reader: { scopes: ['invoke'], toolsets: ['reading'] }, writer: { scopes: ['invoke'] } },
};
const manifest = manifestOf(
  serverEntry('books-mcp-server', {
    list_books: {},
    add_book: { access: 'write' },
  }),
  serverEntry('maps-mcp-server', ['find_place', 'route']),
);

function policyOf(config: Record<string, unknown>) {
  const settings = settingsOf({ auth, ...config });
  const plan = createPlan(manifest, settings);
  const [unit] = gatewayUnits(settings, plan.targets);
  const permits = permitsOf(settings, unit!) ?? [];
  return { plan, permits, targets: unit!.targets, text: cedarText(permits, place) };
}

/** By the documented request, and valid by the schema: `validateRequest`. */
function decide({ text, targets }: ReturnType<typeof policyOf>, client: string, tool: string, claims = {}) {
  const request = cedarRequest({
    claims: { sub: client, client_id: client, scope: 'gw-dev/invoke', exp: 1, ...claims },
    tool,
    gateway: ARN,
    given: { url: 'https://example.com' },
  });
  const answer = cedar.isAuthorized({
    ...request,
    // With a schema, what an action belongs to is the schema's to say.
    entities: request.entities.filter(({ uid }) => !uid.type.endsWith('::Action')),
    policies: { staticPolicies: text },
    schema: cedarSchema(targets) as cedar.Schema,
    validateRequest: true,
  });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('\n'));
  return answer.response.decision;
}

function findings({ text, targets }: ReturnType<typeof policyOf>): string[] {
  const answer = cedar.validate({
    schema: cedarSchema(targets) as cedar.Schema,
    policies: { staticPolicies: text },
  });
  if (answer.type === 'failure') return answer.errors.map(({ message }) => message);
  return [...answer.validationErrors, ...answer.validationWarnings].map(({ error }) => error.message);
}

const onOneGateway = policyOf({
  policy: { mode: 'enforce', toolsets: 'permits' },
  toolsets: {
    reading: { include: ['books-*'], tools: { 'books-mcp-server': { include: ['list_*'] } } },
    all: { include: ['*'] },
  },
});
const written = policyOf({
  policy: {
    mode: 'enforce',
    permits: [
      { clients: ['reader'], readOnly: true, servers: ['books-*'] },
      { clients: ['writer'], claims: { department: 'it "x"\u00e9' } },
    ],
  },
});

describe('toolsets as permits on one gateway', () => {
  test('say what each client may call, a whole target by its group', () => {
    expect(onOneGateway.plan.problems).toEqual([]);
    expect(onOneGateway.permits).toEqual([
      { key: 'toolsets_reading', clients: ['reader'], actions: ['books___list_books'] },
      { key: 'all_tools', clients: ['writer'], actions: ['books', 'maps'] },
    ]);
  });

  test('are decided so by Cedar; what no permit names is denied', () => {
    expect(decide(onOneGateway, 'id-reader', 'books___list_books')).toBe('allow');
    expect(decide(onOneGateway, 'id-reader', 'books___add_book')).toBe('deny');
    expect(decide(onOneGateway, 'id-reader', 'maps___route')).toBe('deny');
    expect(decide(onOneGateway, 'id-writer', 'books___add_book')).toBe('allow');
    expect(decide(onOneGateway, 'id-stranger', 'books___list_books')).toBe('deny');
  });
});

describe('permits', () => {
  test('by client, access and claim', () => {
    expect(decide(written, 'id-reader', 'books___list_books')).toBe('allow');
    expect(decide(written, 'id-reader', 'books___add_book')).toBe('deny');
    expect(decide(written, 'id-writer', 'books___add_book')).toBe('deny');
    expect(decide(written, 'id-writer', 'books___add_book', { department: 'it "x"\u00e9' })).toBe('allow');
  });

  test('that name what the stack does not have are problems', () => {
    const { plan } = policyOf({
      policy: {
        mode: 'enforce',
        permits: [
          { clients: ['raeder'], toolsets: ['none'] },
          { servers: ['book'], tools: ['list_bok'] },
        ],
      },
    });
    expect(plan.problems.map(({ at }) => at)).toEqual([
      'policy.permits[0].clients',
      'policy.permits[0].toolsets',
      'policy.permits[1].servers',
      'policy.permits[1].tools',
    ]);
  });
});

describe('the text', () => {
  test('is valid by the schema of the gateway’s tools, without a warning', () => {
    expect(findings(onOneGateway)).toEqual([]);
    expect(findings(written)).toEqual([]);
  });

  test('can be found wrong: a tool that is not there, a type of another namespace', () => {
    const spoiled = (from: string, to: string) =>
      findings({ ...written, text: written.text.replace(from, to) });
    expect(spoiled('books___list_books', 'books___lists')).not.toEqual([]);
    expect(spoiled('AgentCore::OAuthUser', 'Other::User')).not.toEqual([]);
    expect(spoiled('principal.hasTag("department") && ', '')).not.toEqual([]);
  });

  test('is cut into policies that the service takes, which permit the same together', () => {
    const actions = Array.from({ length: 400 }, (_, n) => `books___${'t'.repeat(40)}_${n}`);
    const clients = Array.from({ length: 70 }, (_, n) => `client-${n}-${'x'.repeat(26)}`);
    const policies = policiesOf([{ key: 'permit_1', clients, actions }]);
    expect(policies.length).toBeGreaterThan(3);
    for (const policy of policies) {
      expect(policy.name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,47}$/);
      expect(statementOf(policy, place).length).toBeLessThanOrEqual(10_000);
    }
    const pairs = policies.flatMap(({ actions: some, permit }) =>
      some.flatMap((action) => (permit.clients ?? []).map((client) => `${client} ${action}`)),
    );
    expect(new Set(pairs).size).toBe(400 * 70);
    expect(pairs).toHaveLength(400 * 70);
  });
});

test('without a policy there are no permits; an existing gateway takes none', () => {
  expect(policyOf({}).permits).toEqual([]);
  const existing = { name: 'gw-dev', existing: { id: 'gw-ab12cd34ef', role: 'r' } };
  const { plan } = policyOf({ policy: { mode: 'enforce' }, gateway: existing });
  expect(plan.problems.map(({ at }) => at)).toContain('policy');
});
