/** `mcpgw why`: who is granted what, because of which code, and the line that removes it. */
import { createPlan } from '../../../plan/plan.ts';
import { renderWhy } from '../../../plan/why/text.ts';
import { why } from '../../../plan/why/why.ts';
import { manifestOf, serverEntry, settingsOf } from './samples.ts';

const entry = () =>
  serverEntry(
    'store-mcp-server',
    {
      list_items: { actions: ['dynamodb:Query'] },
      put_item: { actions: ['dynamodb:PutItem'], access: 'write' },
      run: {},
    },
    {
      aws: {
        actions: {
          'dynamodb:Query': { access: 'Read', from: ['server.py#list_items'] },
          'dynamodb:PutItem': { access: 'Write', from: ['server.py#put_item'] },
        },
        unresolved: ['signs requests of its own to mystery (server.py#sign)'],
      },
    },
  );
const planOf = (servers: Record<string, unknown> = {}) =>
  createPlan(manifestOf(entry(), serverEntry('other')), settingsOf({ servers }));
const own = 'servers.settings.store-mcp-server';

test('an action: server, code, tools that reach it, and how to be rid of it', () => {
  expect(why(planOf(), 'dynamodb:putitem').grants).toEqual([
    {
      server: 'store-mcp-server',
      action: 'dynamodb:PutItem',
      access: 'Write',
      granted: true,
      from: ['server.py#put_item'],
      tools: ['put_item'],
      unfollowed: 1,
      resources: ['*'],
      remove: [`${own}.withhold: [dynamodb:PutItem]`, `${own}.readOnly: true`],
    },
  ]);
  expect(why(planOf(), 'dynamodb:*').grants).toHaveLength(2);
});

test('the lines that it names do remove', () => {
  const withheld = planOf({ settings: { 'store-mcp-server': { withhold: ['dynamodb:PutItem'] } } });
  expect(why(withheld, 'dynamodb:PutItem').grants).toMatchObject([
    { granted: false, withheld: `withhold in ${own} or servers.defaults`, remove: [] },
  ]);
  const readOnly = planOf({ settings: { 'store-mcp-server': { readOnly: true } } });
  expect(why(readOnly, 'dynamodb:PutItem').grants).toMatchObject([
    { granted: false, withheld: 'readOnly leaves out what writes' },
  ]);
  const excluded = planOf({ settings: { 'store-mcp-server': { tools: { exclude: ['put_item', 'run'] } } } });
  expect(why(excluded, 'dynamodb:PutItem').grants).toMatchObject([
    { granted: false, withheld: 'only tools that are not offered reach it' },
  ]);
});

test('a tool by any of its names: its own actions, or all where it could not be followed', () => {
  for (const name of [
    'list_items',
    'store/list_items',
    'store___list_items',
    'store-mcp-server/list_items',
  ]) {
    const answer = why(planOf(), name);
    expect(answer.subject.kind).toBe('tool');
    expect(answer.grants.map((grant) => grant.action)).toEqual(['dynamodb:Query']);
    expect(answer.tools).toMatchObject([{ access: 'read', remove: `${own}.tools.exclude: [list_items]` }]);
  }
  expect(why(planOf(), 'run').grants.map((grant) => grant.action)).toEqual([
    'dynamodb:PutItem',
    'dynamodb:Query',
  ]);
});

test('a server by id or target name, with what could not be derived and what the settings add', () => {
  const statements = [{ actions: ['sqs:SendMessage'], resources: ['arn:q'] }];
  const answer = why(planOf({ settings: { 'store-mcp-server': { statements } } }), 'store');
  expect(answer.subject).toEqual({ kind: 'server', name: 'store-mcp-server' });
  expect(answer.grants.map(({ action, resources }) => [action, resources])).toEqual([
    ['dynamodb:PutItem', ['*']],
    ['dynamodb:Query', ['*']],
    ['sqs:SendMessage', ['arn:q']],
  ]);
  expect(answer.unresolved).toEqual([
    { server: 'store-mcp-server', words: 'signs requests of its own to mystery (server.py#sign)' },
  ]);
});

test('the text names action, code and settings line', () => {
  expect(renderWhy(why(planOf(), 'list_items'))).toBe(
    [
      'list_items of store-mcp-server: read (because of name)',
      `  remove: ${own}.tools.exclude: [list_items]`,
      'store-mcp-server  dynamodb:Query  Read  granted on *',
      '  because: server.py#list_items',
      '  tools: list_items, 1 that could not be followed',
      `  remove: ${own}.withhold: [dynamodb:Query]`,
      'store-mcp-server, not derived: signs requests of its own to mystery (server.py#sign)',
      '',
    ].join('\n'),
  );
  expect(renderWhy(why(planOf(), 'ec2:RunInstances'))).toBe('ec2:RunInstances: nothing is granted for it\n');
});

describe('what holds under a condition', () => {
  const conditional = serverEntry(
    'store-mcp-server',
    { make: { actions: ['glue:CreateJob', 'iam:PassRole'], access: 'write' } },
    {
      aws: {
        actions: {
          'glue:CreateJob': { access: 'Write', from: ['server.py#make'] },
          'iam:PassRole': {
            access: 'Write',
            from: ['depends:glue:CreateJob'],
            passedTo: ['glue.amazonaws.com'],
          },
        },
        conditional: {
          'kms:Decrypt': { access: 'Write', from: ['depends:glue:CreateJob'], when: 'a key is yours' },
        },
        unresolved: [],
      },
    },
  );
  const plan = (settings: Record<string, unknown> = {}) =>
    createPlan(
      manifestOf(conditional),
      settingsOf({ servers: { settings: { 'store-mcp-server': settings } } }),
    );

  test('a role is told with the services that it goes to', () => {
    const answer = why(plan(), 'iam:PassRole');
    expect(answer.grants[0]?.conditions).toEqual({
      StringEquals: { 'iam:PassedToService': ['glue.amazonaws.com'] },
    });
    expect(renderWhy(answer)).toContain(
      'granted on *, if iam:PassedToService StringEquals glue.amazonaws.com\n',
    );
  });

  test('what is only offered is told with the condition and the line that grants it, which does', () => {
    expect(why(plan(), 'kms:Decrypt').grants).toMatchObject([
      {
        granted: false,
        when: 'a key is yours',
        withheld: 'needed only when a key is yours',
        grant: [`${own}.conditional: [kms:Decrypt]`, `${own}.keys: [ARN of the key]`],
      },
    ]);
    for (const settings of [{ conditional: ['kms:Decrypt'] }, { keys: ['arn:aws:kms:us-east-1:1:key/k'] }])
      expect(why(plan(settings), 'kms:Decrypt').grants).toMatchObject([{ granted: true, tools: [] }]);
  });

  test('a server in one table: what writes first, what is not granted last', () => {
    expect(renderWhy(why(plan(), 'store')).split('\n')).toEqual([
      'store-mcp-server: 1 tool; 2 actions granted, 2 of them write',
      '  writes',
      '    glue:CreateJob  *  <- server.py#make',
      '    iam:PassRole    *, if iam:PassedToService StringEquals glue.amazonaws.com  <- depends:glue:CreateJob',
      '  not granted',
      '    kms:Decrypt  needed only when a key is yours  <- depends:glue:CreateJob',
      `  one less:    ${own}.withhold: [ACTION]`,
      `  reads only:  ${own}.readOnly: true`,
      `  narrower:    ${own}.resources.glue: [ARN]`,
      '  in full:     mcpgw why ACTION',
      '',
    ]);
  });
});

test('anything else is refused, with the nearest name', () => {
  expect(() => why(planOf(), 'list_item')).toThrow(
    'list_item is no server, tool or IAM action of this stack',
  );
  expect(() => why(planOf(), 'list_item')).toThrow(
    expect.objectContaining({ hint: 'did you mean list_items?' }),
  );
});
