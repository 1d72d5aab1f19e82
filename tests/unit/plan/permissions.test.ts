/** A server's policy: what its code calls, by service, less what the settings say. */
import type { ServerEntry } from '../../../plan/manifest.ts';
import { statementsFor } from '../../../plan/permissions.ts';
import { serverEntry, settingsOf } from './samples.ts';

const action = (access: 'Read' | 'Write' | 'List', ...resources: string[]) => ({
  access,
  from: ['server.py#x'],
  ...(resources.length > 0 ? { resources } : {}),
});
const table = 'arn:table';

function entry(tools: Record<string, string[] | undefined> = { read: undefined }): ServerEntry {
  const entries = Object.entries(tools).map(([name, actions]) => [name, actions ? { actions } : {}]);
  return serverEntry('s', Object.fromEntries(entries), {
    aws: {
      actions: {
        'dynamodb:Query': action('Read', table),
        'dynamodb:PutItem': action('Write', table),
        'dynamodb:ListTables': action('List'),
        'neptune-db:connect': action('Write', 'arn:x'),
      },
      unresolved: [],
    },
  });
}
const policy = (settings: Record<string, unknown>, server = entry(), tools?: string[]) =>
  statementsFor(server, settingsOf({ servers: { settings: { s: settings } } }), tools).map(
    ({ sid, actions, resources }) => ({ sid, actions, resources }),
  );
const allActions = (settings: Record<string, unknown>, server = entry(), tools?: string[]) =>
  policy(settings, server, tools).flatMap(({ actions }) => actions);

test('one or two statements a service: what can be limited to a resource apart from what cannot', () => {
  expect(policy({})).toEqual([
    { sid: 'DynamodbUnscoped', actions: ['dynamodb:ListTables'], resources: ['*'] },
    { sid: 'DynamodbByCaller2', actions: ['dynamodb:PutItem', 'dynamodb:Query'], resources: ['*'] },
    { sid: 'NeptuneDbByCaller', actions: ['neptune-db:connect'], resources: ['*'] },
  ]);
  for (const { resources, reason } of statementsFor(entry(), settingsOf())) {
    expect(resources).toEqual(['*']);
    expect(reason).not.toBe('');
  }
});

test('resources of the settings narrow what can be narrowed, by service or by action', () => {
  expect(policy({ resources: { dynamodb: ['arn:b', 'arn:a'], 'neptune-db:connect': ['arn:n'] } })).toEqual([
    { sid: 'DynamodbUnscoped', actions: ['dynamodb:ListTables'], resources: ['*'] },
    { sid: 'Dynamodb2', actions: ['dynamodb:PutItem', 'dynamodb:Query'], resources: ['arn:a', 'arn:b'] },
    { sid: 'NeptuneDb', actions: ['neptune-db:connect'], resources: ['arn:n'] },
  ]);
});

test('read-only leaves reading actions alone', () => {
  expect(allActions({ readOnly: true })).toEqual(['dynamodb:ListTables', 'dynamodb:Query']);
});

test('withheld actions go, by name or glob, whatever their case', () => {
  expect(allActions({ withhold: ['dynamodb:putitem', 'neptune-db:*'] })).toEqual([
    'dynamodb:ListTables',
    'dynamodb:Query',
  ]);
});

test('extra statements are added with their conditions', () => {
  const conditions = { StringEquals: { 'aws:ResourceTag/team': 'a' } };
  const statements = [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/*'], conditions }];
  const settings = settingsOf({ servers: { settings: { s: { statements } } } });
  expect(statementsFor(entry(), settings).at(-1)).toEqual({
    sid: 'Settings1',
    actions: ['s3:GetObject'],
    resources: ['arn:aws:s3:::b/*'],
    conditions,
    reason: expect.stringContaining('servers.settings.s.statements'),
  });
});

describe('actions that only tools left out can reach', () => {
  test('are not granted when every tool was followed', () => {
    const followed = entry({ query: ['dynamodb:Query'], put: ['dynamodb:Query', 'dynamodb:PutItem'] });
    expect(allActions({}, followed, ['query'])).toEqual([
      'dynamodb:ListTables',
      'dynamodb:Query',
      'neptune-db:connect',
    ]);
  });
  test('are granted while a tool that is offered could not be followed', () => {
    const partly = entry({ query: undefined, put: ['dynamodb:PutItem'] });
    expect(allActions({}, partly, ['query'])).toContain('dynamodb:PutItem');
  });
});

test.each([['*'], ['s3:*'], ['*:*'], ['s3']])('the settings refuse %s as an action', (bad) => {
  const statements = [{ actions: [bad], resources: ['*'] }];
  expect(() => settingsOf({ servers: { settings: { s: { statements } } } })).toThrow(
    /servers\.settings\.s\.statements\.0\.actions\.0/,
  );
});
