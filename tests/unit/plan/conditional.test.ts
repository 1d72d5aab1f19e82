/** Permissions that hold under a condition: roles handed over, keys of one's own, what AWS asks for in some accounts only. */
import { statementsFor } from '../../../plan/permissions.ts';
import { createPlan } from '../../../plan/plan.ts';
import { manifestOf, serverEntry, settingsOf } from './samples.ts';

const ID = 's-mcp-server';
const ROLE = 'arn:aws:iam::*:role/x';
const server = serverEntry(
  ID,
  { make: {} },
  {
    aws: {
      actions: {
        'iam:GetRole': { access: 'Read', from: ['a.py#f'], resources: [ROLE] },
        'iam:PassRole': {
          access: 'Write',
          from: ['depends:glue:CreateJob'],
          resources: [ROLE],
          passedTo: ['glue.amazonaws.com'],
        },
        'rds:CreateDBCluster': { access: 'Write', from: ['a.py#f'], resources: ['arn:cluster'] },
      },
      conditional: {
        'iam:CreateServiceLinkedRole': {
          access: 'Write',
          from: ['depends:rds:CreateDBCluster'],
          when: 'there is none yet',
        },
        'kms:CreateGrant': {
          access: 'Permissions management',
          from: ['depends:rds:CreateDBCluster'],
          when: 'a key',
        },
        'kms:Decrypt': { access: 'Write', from: ['depends:rds:CreateDBCluster'], when: 'a key' },
      },
      unresolved: [],
    },
  },
);
const statements = (settings: Record<string, unknown> = {}) =>
  statementsFor(server, settingsOf({ servers: { settings: { [ID]: settings } } }));
const through = { StringLike: { 'kms:ViaService': ['iam.*.amazonaws.com', 'rds.*.amazonaws.com'] } };
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/k';

test('a role goes to the services of the calls, in a statement of its own', () => {
  const [read, pass] = statements();
  expect(read).toMatchObject({ actions: ['iam:GetRole'] });
  expect(read).not.toHaveProperty('conditions');
  expect(pass).toMatchObject({
    sid: 'IamByCaller2',
    actions: ['iam:PassRole'],
    conditions: { StringEquals: { 'iam:PassedToService': ['glue.amazonaws.com'] } },
  });
  expect(
    statements({ resources: { 'iam:PassRole': [ROLE] } }).find(({ sid }) => sid === 'Iam2'),
  ).toMatchObject({
    resources: [ROLE],
    conditions: { StringEquals: { 'iam:PassedToService': ['glue.amazonaws.com'] } },
  });
});

test('in China services go by both their names, and keys are used through its hosts', () => {
  const settings = settingsOf({
    servers: { settings: { [ID]: { keys: [KEY], conditional: ['iam:CreateServiceLinkedRole'] } } },
  });
  const chinese = statementsFor(server, { ...settings, region: 'cn-north-1' });
  expect(chinese.flatMap(({ conditions }) => (conditions ? [conditions] : []))).toEqual([
    { StringEquals: { 'iam:PassedToService': ['glue.amazonaws.com', 'glue.amazonaws.com.cn'] } },
    { StringLike: { 'iam:AWSServiceName': ['*rds.amazonaws.com', '*rds.amazonaws.com.cn'] } },
    { StringLike: { 'kms:ViaService': ['iam.*.amazonaws.com.cn', 'rds.*.amazonaws.com.cn'] } },
  ]);
});

test('conditional actions are granted only when the settings say so', () => {
  expect(statements().flatMap(({ actions }) => actions)).toEqual([
    'iam:GetRole',
    'iam:PassRole',
    'rds:CreateDBCluster',
  ]);
  expect(statements({ conditional: ['IAM:*'] }).at(-1)).toEqual({
    sid: 'Conditional1',
    actions: ['iam:CreateServiceLinkedRole'],
    resources: ['*'],
    conditions: { StringLike: { 'iam:AWSServiceName': ['*rds.amazonaws.com'] } },
    reason: `servers.settings.${ID}.conditional or servers.defaults.conditional`,
  });
  expect(statements({ conditional: ['kms:*'], withhold: ['kms:creategrant'] }).at(-1)).toMatchObject({
    actions: ['kms:Decrypt'],
    resources: ['*'],
    conditions: through,
  });
});

test('named keys are used through the services that are called, for writing only where it writes', () => {
  expect(statements({ keys: [KEY] }).at(-1)).toEqual({
    sid: 'Keys',
    actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [KEY],
    conditions: through,
    reason: `servers.settings.${ID}.keys or servers.defaults.keys`,
  });
  expect(statements({ keys: [KEY], readOnly: true }).at(-1)).toMatchObject({
    actions: ['kms:Decrypt'],
    conditions: { StringLike: { 'kms:ViaService': ['iam.*.amazonaws.com'] } },
  });
  expect(statements({ keys: [KEY], withhold: ['iam:*', 'rds:*'] })).toEqual([]);
});

test('read-only grants no conditional action that writes', () => {
  const chosen = statements({ readOnly: true, conditional: ['*'] }).slice(1);
  expect(chosen.map(({ actions }) => actions)).toEqual([['kms:Decrypt']]);
});

test('a glob that names no conditional action is a problem, with what there is', () => {
  const plan = createPlan(
    manifestOf(server),
    settingsOf({ servers: { settings: { [ID]: { conditional: ['kms:Decrpyt'] } } } }),
  );
  expect(plan.problems).toEqual([
    {
      at: `servers.settings.${ID}.conditional: kms:Decrpyt`,
      message: 'kms:Decrpyt is none of its conditional actions',
      hint: 'did you mean kms:Decrypt?',
      kind: 'invalid',
    },
  ]);
});
