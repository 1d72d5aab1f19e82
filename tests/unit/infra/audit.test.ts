/** What is recorded and who may use the keys: pure, from the plan. */
import { auditNames, eventSelectors, savedQueries } from '../../../infra/audit.ts';
import {
  auditBucketPolicy,
  auditKeyPolicy,
  topicKeyPolicy,
  topicPolicy,
} from '../../../infra/key-policies.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { manyServers, syntheticEntry } from '../../engine/support/synthetic.ts';

const place = { id: '123456789012', region: 'us-east-1', partition: 'aws', dnsSuffix: 'amazonaws.com' };

function planOf(count: number, name = 'tools') {
  const servers = Object.fromEntries(manyServers(count).map((server) => [server.id, syntheticEntry(server)]));
  const config = {
    'aws:region': 'us-east-1',
    'mcpgw:gateway': { name },
    'mcpgw:audit': {},
    ...(count > 100 ? { 'mcpgw:names': { prefix: 'mcp' } } : {}),
  };
  return createPlan(
    { source: { formatVersion: 1, type: 'folder' }, servers },
    parseSettings('dev', config, 't'),
  );
}

test('names stay under their limits, whatever the gateway is called', () => {
  const names = auditNames(planOf(1, 'a'.repeat(48)), place);
  expect(names.bucket.length).toBeLessThanOrEqual(63);
  expect(names.role.length).toBeLessThanOrEqual(64);
});

test('the functions of the stack by their ARNs; too many for a trail by their prefix', () => {
  const which = (count: number) =>
    eventSelectors(planOf(count), place, ['arn:gateway'])[1]?.fieldSelectors.find(
      ({ field }) => field === 'resources.ARN',
    );
  expect(which(2)?.equals).toHaveLength(2);
  expect(which(500)).toEqual({
    field: 'resources.ARN',
    startsWiths: ['arn:aws:lambda:us-east-1:123456789012:function:mcp-'],
  });
});

test('a saved query looks into 50 log groups at most, the shared ones always among them', () => {
  const queries = savedQueries(planOf(120), ['/audit', '/records']);
  const groups = queries.filter(({ key }) => key.startsWith('one-call'));
  expect(groups.map(({ logGroupNames }) => logGroupNames.length)).toEqual([50, 50, 26]);
  for (const { logGroupNames } of groups) expect(logGroupNames.slice(0, 2)).toEqual(['/audit', '/records']);
  expect(new Set(groups.flatMap(({ logGroupNames }) => logGroupNames)).size).toBe(122);
  expect(new Set(queries.map(({ name }) => name)).size).toBe(queries.length);
  expect(queries[0]?.queryString).toMatch(/coalesce\(gatewayRequestId, request_id, requestID\)/);
});

const statements = (policy: string) =>
  (JSON.parse(policy) as { Statement: Record<string, unknown>[] }).Statement;

test('every service that a policy lets in is held to this account’s own alarms, trail or log group', () => {
  const all = [
    topicKeyPolicy(place, ['tools-*']),
    topicPolicy(place, 'arn:topic', ['tools-*']),
    auditKeyPolicy(place, 'tools-audit', '/mcpgw/tools/audit'),
    auditBucketPolicy(place, 'bucket', 'tools-audit'),
  ].flatMap(statements);
  const services = all.filter(({ Principal }) => JSON.stringify(Principal).includes('Service'));
  expect(services).toHaveLength(6);
  for (const { Condition } of services)
    expect(JSON.stringify(Condition)).toMatch(
      /arn:aws:(?:cloudwatch|cloudtrail|logs):us-east-1:123456789012:/,
    );
  const others = all.filter((statement) => !services.includes(statement));
  expect(others.map(({ Sid }) => Sid)).toEqual(['Account', 'TlsOnly', 'Account', 'TlsOnly']);
});
