import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  gatewayPolicies,
  MANAGED_POLICY,
  type PolicyStatement,
  renderPolicies,
  type TargetGrant,
} from '../../../infra/policies.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { spread } from '../../../plan/shards.ts';

const parse = (text: string) => (JSON.parse(text) as { Statement: PolicyStatement[] }).Statement;
const pairs = (statements: readonly PolicyStatement[]) =>
  statements
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((item) => `${action} ${item}`)),
    )
    .sort();

const grantsOf = (count: number): TargetGrant[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `server-${n}`,
    functionArn: `arn:aws:lambda:us-east-1:123456789012:function:tools-server-${n}`,
    schemaArn: `arn:aws:s3:::mcpgw-artefacts-123456789012-us-east-1/schemas/server-${n}/${'0'.repeat(64)}.json`,
  }));

describe('renderPolicies', () => {
  test('nothing granted, nothing made', () => {
    expect(renderPolicies([])).toEqual({ managed: [] });
  });

  test('says exactly what it was given, within the limits, however much it is', () => {
    const name = fc.stringMatching(/^[a-z]{1,60}$/);
    const statement = fc.record({
      actions: fc.uniqueArray(name, { minLength: 1, maxLength: 80 }),
      resources: fc.uniqueArray(name, { minLength: 1, maxLength: 80 }),
    });
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 8 }), (given) => {
        const statements = given.map(
          ({ actions, resources }, n): PolicyStatement => ({
            Sid: `S${n}x`,
            Effect: 'Allow',
            Action: actions.map((action) => `s3:${action}`),
            Resource: resources.map((item) => `arn:aws:s3:::${item}`),
          }),
        );
        const { inline, managed } = renderPolicies(statements);
        const texts = inline === undefined ? managed : [inline];
        expect(inline?.length ?? 0).toBeLessThanOrEqual(10_240);
        expect(managed.every((text) => text.length <= MANAGED_POLICY)).toBe(true);
        expect([...new Set(pairs(texts.flatMap(parse)))]).toEqual([...new Set(pairs(statements))]);
        for (const text of texts) {
          const sids = parse(text).map(({ Sid }) => Sid);
          expect(new Set(sids).size).toBe(sids.length);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('gatewayPolicies', () => {
  test('of a full shard fit one role, to which IAM attaches ten: its servers do not meet in one policy again', () => {
    const config = { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools', shards: 5 } };
    const settings = parseSettings('test', config, 'test');
    const grants = grantsOf(500).map((grant) => ({ ...grant, server: grant.key }));
    const shards = spread(settings, grants);
    expect(shards.map((own) => own.length)).toEqual([100, 100, 100, 100, 100]);
    for (const own of shards) expect(gatewayPolicies(own).managed.length).toBeLessThan(8);
  });

  test('a small gateway has one inline policy of exact ARNs', () => {
    const { inline, managed } = gatewayPolicies(grantsOf(2));
    expect(managed).toEqual([]);
    expect(pairs(parse(inline ?? ''))).toEqual(
      grantsOf(2)
        .flatMap(({ functionArn, schemaArn }) => [
          `lambda:InvokeFunction ${functionArn}`,
          `s3:GetObject ${schemaArn}`,
        ])
        .sort(),
    );
  });

  test('a hundred targets fit into managed policies, every grant once', () => {
    const { inline, managed } = gatewayPolicies(grantsOf(100));
    expect(inline).toBeUndefined();
    expect(managed.length).toBeLessThanOrEqual(10);
    expect(managed.every((text) => text.length <= MANAGED_POLICY)).toBe(true);
    expect(pairs(managed.flatMap(parse))).toHaveLength(200);
  });

  test('one more server changes one policy, as long as their number stays', () => {
    const before = gatewayPolicies(grantsOf(80)).managed;
    const after = gatewayPolicies(grantsOf(81)).managed;
    expect(after).toHaveLength(before.length);
    expect(after.filter((text, index) => text !== before[index])).toHaveLength(1);
  });
});
