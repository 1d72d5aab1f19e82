/** `mcpgw why --from-log`: granted and never used, used and not granted, and what a log cannot show. */
import { createPlan } from '../../../plan/plan.ts';
import { type LoggedCalls, usageOf } from '../../../plan/why/usage.ts';
import { renderUsage } from '../../../plan/why/usage-text.ts';
import { manifestOf, serverEntry, settingsOf } from './samples.ts';

const action = (from: string) => ({ access: 'Read' as const, from: [from] });
const store = serverEntry(
  'store-mcp-server',
  { list_items: { actions: ['dynamodb:Query'] }, ask: { actions: ['athena:StartQueryExecution'] } },
  {
    aws: {
      actions: {
        'dynamodb:Query': action('server.py#list_items'),
        'dynamodb:Scan': action('server.py#scan'),
        'athena:StartQueryExecution': action('server.py#ask'),
        'glue:GetTable': action('depends:athena:StartQueryExecution'),
        'lakeformation:GetDataAccess': action('depends:athena:GetQueryResults'),
        'iam:PassRole': action('server.py#ask'),
      },
      unresolved: [],
    },
  },
);
const quiet = serverEntry('quiet-mcp-server', ['read'], {
  aws: { actions: { 's3:GetObject': action('server.py#read') }, unresolved: [] },
});
const planOf = (settings: Record<string, unknown> = {}) =>
  createPlan(
    manifestOf(store, quiet, serverEntry('plain-mcp-server')),
    settingsOf({ servers: { settings } }),
  );
const TABLE: Record<string, string[]> = {
  'DynamoDB:Query': ['dynamodb:Query'],
  'DynamoDB:DeleteItem': ['dynamodb:DeleteItem'],
  'Athena:StartQueryExecution': ['athena:StartQueryExecution'],
  'STS:GetCallerIdentity': [],
};
const use = (log: LoggedCalls[], plan = planOf(), servers?: string[]) =>
  usageOf(plan, log, (call) => TABLE[call], servers);
const called = (tool: string, ...calls: LoggedCalls['calls']): LoggedCalls => ({
  server: 'store-mcp-server',
  tool,
  calls,
  more: 0,
});

const log = [
  called('list_items', { action: 'DynamoDB:Query' }, { action: 'STS:GetCallerIdentity' }),
  called('list_items', { action: 'DynamoDB:Query' }),
  called('drop', { action: 'DynamoDB:DeleteItem', error: 'AccessDeniedException' }),
  called('drop', { action: 'DynamoDB:DeleteItem', error: 'AccessDeniedException' }),
  called('odd', { action: 'Mystery:Do' }),
];

test('granted and never used, used and not granted, each with the line that mends it', () => {
  const [found] = use(log).servers;
  expect(found).toEqual({
    server: 'store-mcp-server',
    calls: 5,
    unnamed: 0,
    used: [
      { action: 'dynamodb:DeleteItem', times: 2 },
      { action: 'dynamodb:Query', times: 2 },
    ],
    unused: [
      { action: 'athena:StartQueryExecution', access: 'Read', tools: ['ask'] },
      { action: 'dynamodb:Scan', access: 'Read', tools: [] },
    ],
    unseen: ['glue:GetTable', 'iam:PassRole', 'lakeformation:GetDataAccess'],
    ungranted: [{ action: 'dynamodb:DeleteItem', times: 2, refused: 2, tools: ['drop'] }],
    unknown: [{ call: 'Mystery:Do', times: 1 }],
    withhold: 'mcpgw:servers.settings.store-mcp-server.withhold: [athena:StartQueryExecution, dynamodb:Scan]',
    grant:
      "mcpgw:servers.settings.store-mcp-server.statements: [{actions: ['dynamodb:DeleteItem'], resources: ['*']}]",
  });
});

test('the lines that it names do mend: nothing is left to say', () => {
  const own = {
    withhold: ['athena:StartQueryExecution', 'dynamodb:Scan'],
    statements: [{ actions: ['dynamodb:DeleteItem'], resources: ['*'] }],
  };
  const [found] = use(log, planOf({ 'store-mcp-server': own })).servers;
  expect(found).toMatchObject({ unused: [], ungranted: [] });
  expect(found).not.toHaveProperty('withhold');
  expect(found).not.toHaveProperty('grant');
});

test('an action that only another one needs is used with that one', () => {
  const [found] = use([called('ask', { action: 'Athena:StartQueryExecution' })]).servers;
  expect(found?.unused.map((one) => one.action)).toEqual(['dynamodb:Query', 'dynamodb:Scan']);
  expect(found?.unseen).toEqual(['iam:PassRole', 'lakeformation:GetDataAccess']);
});

test('an action granted by a glob of the settings is granted, and used', () => {
  const plan = planOf({
    'store-mcp-server': { statements: [{ actions: ['dynamodb:Delete*'], resources: ['*'] }] },
  });
  const [found] = use(log, plan).servers;
  expect(found?.ungranted).toEqual([]);
  expect(found?.unused.map((one) => one.action)).not.toContain('dynamodb:Delete*');
});

test('servers without a line, and lines without a server, are told; others are not asked about', () => {
  const all = use([...log, { server: 'gone-mcp-server', tool: 'x', calls: [], more: 0 }]);
  expect(all).toMatchObject({ silent: ['quiet-mcp-server'], foreign: ['gone-mcp-server'] });
  expect(use(log, planOf(), ['quiet-mcp-server'])).toEqual({
    servers: [],
    silent: ['quiet-mcp-server'],
    foreign: [],
  });
});

test('for a terminal', () => {
  const text = renderUsage(use([...log, { ...called('list_items'), more: 3 }]));
  expect(text).toMatch(/^store-mcp-server: 6 calls, 2 actions used\n/);
  expect(text).toMatch(/granted, never used {2}dynamodb:Scan {2}Read\n/);
  expect(text).toMatch(/remove: mcpgw:servers\.settings\.store-mcp-server\.withhold: \[athena/);
  expect(text).toMatch(/used, not granted {4}dynamodb:DeleteItem {2}2 times, 2 refused {2}\(drop\)\n/);
  expect(text).toMatch(/in no table of ours {2}Mystery:Do {2}1 time\n/);
  expect(text).toMatch(/no log can show: glue:GetTable, iam:PassRole/);
  expect(text).toMatch(/3 AWS calls counted and not named/);
  expect(text).toMatch(/nothing is said about: quiet-mcp-server\n$/);
  expect(renderUsage(use([], planOf(), ['plain-mcp-server']))).toMatch(/^no call of a server of this stack/);
});
