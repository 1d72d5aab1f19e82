/** All that guards and watches a stack, on the real engine: firewall, alarms, budget, records, audit. */
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { at } from '../../offline/plugin/values.ts';
import { violations } from '../../offline/policy.ts';
import { mutantsOf, recorded, samples, survives } from './support/mutants.ts';
import { ACCOUNT, Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

let stack: Rehearsal;
afterEach(() => stack?.close());

const [first = '', second = ''] = manyServers(2).map(({ id }) => id);
const config = {
  'mcpgw:gateway': { name: 'tools', search: 'semantic' },
  'mcpgw:servers': { settings: { [first]: { concurrency: 5 } } },
  'mcpgw:waf': { requests: 1000, window: 60 },
  'mcpgw:audit': { retentionDays: 400, queryDays: 14 },
  'mcpgw:observe': {
    dashboard: true,
    alarms: { email: 'team@example.com' },
    monthlyBudget: { limit: 250, emails: ['team@example.com'] },
    gatewayLogs: { retentionDays: 14 },
    subject: true,
  },
};
const ofType = (operations: readonly Operation[], name: string) =>
  operations.filter(({ type }) => type.endsWith(`:${name}`));
const one = (operations: readonly Operation[], name: string) => ofType(operations, name)[0]?.inputs ?? {};

test('made in order, checked by the house rules, and taken down but for the records and their key', async () => {
  stack = await Rehearsal.open(config);
  await stack.manifest(manyServers(2));
  // Of an empty account: the gateway's ARN is not known yet, and all else of the trail is.
  const preview = await stack.preview();
  expect(preview.exitCode).toBe(0);
  const trail = preview.steps?.find(({ urn }) => urn.includes(':Trail::'))?.newState?.inputs ?? {};
  expect(JSON.stringify(trail.advancedEventSelectors)).toContain(`function:tools-${first}`);
  const { exitCode, stdout } = await stack.up();
  if (exitCode !== 0) throw new Error(stdout.slice(-4000));
  const made = stack.operations();
  expect(made.filter(({ op }) => op !== 'create')).toEqual([]);
  expect(violations(recorded(made), readReferees().schema)).toEqual([]);

  const gateway = ofType(made, 'AgentcoreGateway')[0];
  const gatewayArn = gateway?.outputs?.gatewayArn;
  expect(one(made, 'WebAclAssociation').resourceArn).toBe(gatewayArn);
  expect(one(made, 'WebAcl').rules).toEqual([
    expect.objectContaining({
      action: { block: {} },
      statement: {
        rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 60, limit: 1000 },
      },
    }),
  ]);

  // Exactly this stack's gateway and functions, as data events.
  const selectors = JSON.stringify(one(made, 'Trail').advancedEventSelectors);
  expect(selectors).toContain(String(gatewayArn));
  for (const server of [first, second])
    expect(selectors).toContain(`arn:aws:lambda:us-east-1:${ACCOUNT}:function:tools-${server}`);
  expect(one(made, 'BucketLifecycleConfiguration').rules).toEqual([
    expect.objectContaining({ expiration: { days: 400 } }),
  ]);
  const queries = ofType(made, 'QueryDefinition').map(({ inputs = {} }) => [
    inputs.name,
    inputs.logGroupNames,
  ]);
  const groups = ['/mcpgw/tools/audit', '/aws/vendedlogs/bedrock-agentcore/gateway/tools'];
  expect(Object.fromEntries(queries)['mcpgw/tools/one-call']).toEqual(
    expect.arrayContaining([...groups, `/aws/lambda/tools-${first}`, `/aws/lambda/tools-${second}`]),
  );

  // Asked before each request, with the token: which the gateway's role may, and the proxies are told to expect.
  const asked = ofType(made, 'Function').find(({ urn }) => urn.endsWith('::interceptor'));
  expect(at(gateway?.inputs, 'interceptorConfigurations')).toEqual([
    {
      interceptionPoints: ['REQUEST'],
      interceptor: { lambda: { arn: asked?.outputs?.arn } },
      inputConfiguration: { passRequestHeaders: true },
    },
  ]);
  expect(asked?.inputs?.s3Key).toMatch(/^interceptor\/[0-9a-f]{64}\.zip$/);
  const server = ofType(made, 'Function').find(({ urn }) => urn.endsWith(`::${first}`));
  expect(String(at(server?.inputs, 'environment.variables.MCPGW_PROXY'))).toContain('"subject":true');

  // Records without what callers sent and got, unless asked for.
  expect(one(made, 'LogDelivery').recordFields).not.toContain('body');
  expect(at(one(made, 'Budget'), 'costFilters.0.values')).toEqual(['user:mcpgw:stack$test']);

  const alarms = ofType(made, 'MetricAlarm').map(({ urn }) => shortOf(urn).split(' ')[1]);
  expect(alarms.toSorted()).toEqual(
    [first, `${first}-throttles`, second, 'gateway-errors', 'gateway-throttles'].toSorted(),
  );
  const topic = ofType(made, 'Topic')[0];
  const keys = ofType(made, 'Key');
  expect(keys.map(({ outputs }) => outputs?.arn)).toContain(topic?.inputs?.kmsMasterKeyId);

  const survivors = samples(made).flatMap((resource) => mutantsOf(resource, readReferees()).filter(survives));
  expect(survivors).toEqual([]);
  expect(await stack.changes()).toEqual([]);

  expect((await stack.destroy()).exitCode).toBe(0);
  const gone = stack.operations().map(({ type }) => type.split(':').pop());
  expect(gone.indexOf('WebAclAssociation')).toBeLessThan(gone.indexOf('AgentcoreGateway'));
  expect(gone).not.toContain('refused');
  const auditKey = keys.find(({ urn }) => urn.endsWith('::audit'))?.id;
  const bucket = `tools-audit-${ACCOUNT}-us-east-1`;
  expect(
    stack
      .existing()
      .map((key) => key.split(':').pop())
      .toSorted(),
  ).toEqual(
    [
      'Alias alias/tools-audit',
      `Key ${auditKey}`,
      ...[
        'Bucket',
        'BucketLifecycleConfiguration',
        'BucketOwnershipControls',
        'BucketPolicy',
        'BucketPublicAccessBlock',
        'BucketServerSideEncryptionConfiguration',
        'BucketVersioning',
      ].map((part) => `${part} ${bucket}`),
    ].toSorted(),
  );
});
