/** The plan: what is decided of a manifest and settings, and each problem it must name. */
import { McpgwError } from '../../../plan/errors.ts';
import { sha256 } from '../../../plan/hash.ts';
import type { ServerEntry } from '../../../plan/manifest.ts';
import { LIMITS } from '../../../plan/names.ts';
import { createPlan, requireSound } from '../../../plan/plan.ts';
import { targetSchema } from '../../../plan/target/schema.ts';
import { manifestOf, serverEntry, settingsOf, toolDefinition } from './samples.ts';

const docs = serverEntry('aws-documentation-mcp-server', ['read_documentation', 'search']);
const iam = serverEntry('iam-mcp-server', {
  list_users: { access: 'read' },
  create_user: { access: 'write' },
  guess: { access: 'unknown', because: 'none' },
});

test('a server becomes a target with its names, tools, function and schema key', () => {
  const plan = createPlan(manifestOf(docs, iam), settingsOf({ servers: { include: ['aws-doc*'] } }));
  expect(plan.problems).toEqual([]);
  expect(plan.targets).toHaveLength(1);
  const [target] = plan.targets;
  expect(target).toMatchObject({
    server: 'aws-documentation-mcp-server',
    name: 'aws-documentation',
    description: 'awslabs.aws-documentation-mcp-server 1.0.0',
    kind: 'lambda',
    function: {
      name: 'gw-dev-aws-documentation-mcp-server',
      roleName: 'gw-dev-aws-documentation-mcp-server-us-east-1',
      logGroup: '/aws/lambda/gw-dev-aws-documentation-mcp-server',
      architecture: 'arm64',
      python: '3.13',
      form: 'zip',
      proxy: { server: 'aws-documentation-mcp-server', allow: ['read_documentation', 'search'], aliases: {} },
    },
    statements: [],
  });
  expect(target?.schemaKey).toMatch(/^schemas\/aws-documentation\/[0-9a-f]{64}\.json$/);
  expect(plan.totals).toEqual({ tools: 2, tokens: target?.tokens });
  expect(plan.gateway).toEqual({ name: 'gw-dev', roleName: 'gw-dev-gateway-us-east-1' });
  expect(() => requireSound(plan)).not.toThrow();
});

test('needs no definitions, and adding a server moves nothing of another', () => {
  const before = createPlan(manifestOf(docs), settingsOf());
  const after = createPlan(manifestOf(serverEntry('a-first'), docs, iam), settingsOf());
  expect(after.targets.find(({ server }) => server === docs.id)).toEqual(before.targets[0]);
});

test('lanes are 0 to 3 and all of them are used', () => {
  const entries = Array.from({ length: 60 }, (_, index) => serverEntry(`server-${index}`));
  const lanes = createPlan(manifestOf(...entries), settingsOf()).targets.map(({ lane }) => lane);
  expect([...new Set(lanes)].sort()).toEqual([0, 1, 2, 3]);
});

describe('names over 64 characters', () => {
  const long = 'get_instrumentation_configuration_status_of_everything';
  const server = serverEntry('cloudwatch-applicationsignals-mcp-server', [long, 'dots.and spaces', 'short']);

  test('get an alias that the proxy reverses and the schema carries', () => {
    const [target] = createPlan(manifestOf(server), settingsOf()).targets;
    if (!target) throw new Error('no target');
    const aliases = target.function.proxy.aliases;
    expect(Object.values(aliases).sort()).toEqual(['dots.and spaces', long]);
    const exposed = target.tools.map((tool) => tool.exposed);
    for (const name of exposed) {
      expect(`${target.name}___${name}`.length).toBeLessThanOrEqual(64);
      expect(name).toMatch(/^[a-zA-Z0-9_-]+$/);
    }
    expect(exposed).toContain('short');
    const definitions = [long, 'dots.and spaces', 'short'].map((name) => toolDefinition(name));
    expect(targetSchema(target, definitions).map(({ name }) => name)).toEqual(exposed);
  });

  test('are said in the notes', () => {
    const { notes } = createPlan(manifestOf(server), settingsOf());
    expect(notes?.map(({ message }) => message).join()).toContain(`stands for ${long}`);
  });
});

test('definitions that project to something else than was pinned are refused', () => {
  const [target] = createPlan(manifestOf(docs), settingsOf()).targets;
  if (!target) throw new Error('no target');
  const definitions = [toolDefinition('search'), toolDefinition('read_documentation', 'Other words.')];
  expect(() => targetSchema(target, definitions)).toThrow(/read_documentation projects to something else/);
  expect(() => targetSchema(target, definitions.slice(0, 1))).toThrow(/read_documentation has no definition/);
});

test('the schema key changes with a projection, an alias and a tool, and with nothing else', () => {
  const key = (...args: Parameters<typeof serverEntry>) =>
    createPlan(manifestOf(serverEntry(...args)), settingsOf()).targets[0]?.schemaKey;
  const base = key('s', ['a', 'b']);
  expect(key('s', ['b', 'a'])).toBe(base);
  expect(key('s', ['a', 'b'], { source: sha256('other code') })).toBe(base);
  expect(key('s', ['a'])).not.toBe(base);
  expect(key('s', { a: {}, b: { projection: sha256('x') } })).not.toBe(base);
});

describe('read-only', () => {
  const actions = {
    'iam:ListUsers': { access: 'List' as const, from: ['server.py#list_users'] },
    'iam:CreateUser': { access: 'Write' as const, from: ['server.py#create_user'] },
    'iam:Mystery': { access: 'Unknown' as const, from: ['server.py#x'] },
  };
  const server = { ...iam, aws: { actions, unresolved: [] } };

  test.each([
    ['the whole stack', { readOnly: true }],
    ['one server', { servers: { settings: { 'iam-mcp-server': { readOnly: true } } } }],
    ['all by default', { servers: { defaults: { readOnly: true } } }],
  ])('for %s: unknown counts as write, for tools and actions alike', (_what, config) => {
    const [target] = createPlan(manifestOf(server), settingsOf(config)).targets;
    expect(target?.function.proxy.allow).toEqual(['list_users']);
    expect(target?.statements.flatMap((statement) => statement.actions)).toEqual(['iam:ListUsers']);
  });

  test('is lifted for one server by its own setting', () => {
    const config = { readOnly: true, servers: { settings: { 'iam-mcp-server': { readOnly: false } } } };
    const [target] = createPlan(manifestOf(server), settingsOf(config)).targets;
    expect(target?.tools).toHaveLength(3);
  });

  test('leaves out a server of which no tool is left, with the reason', () => {
    const writer = serverEntry('writer', { put: { access: 'write' } });
    const plan = createPlan(manifestOf(writer, docs), settingsOf({ readOnly: true }));
    expect(plan.targets.map(({ server: id }) => id)).toEqual([docs.id]);
    expect(plan.skipped).toEqual([{ server: 'writer', reason: expect.stringContaining('read only') }]);
  });

  test('refuses an extra statement that writes', () => {
    const statements = [{ actions: ['s3:GetObject', 's3:PutObject'], resources: ['*'] }];
    const config = { readOnly: true, servers: { settings: { 'iam-mcp-server': { statements } } } };
    const { problems } = createPlan(manifestOf(server), settingsOf(config));
    expect(problems).toEqual([
      expect.objectContaining({
        kind: 'refused',
        at: 'servers.settings.iam-mcp-server.statements: s3:PutObject',
      }),
    ]);
  });
});

describe('what cannot be hosted', () => {
  const cases: [string, Partial<ServerEntry>, RegExp][] = [
    ['library', { kind: 'library' }, /library/],
    ['remote', { kind: 'remote', endpoints: ['https://x'] }, /remote/],
    ['no-lambda', { hosting: { lambda: false, reason: 'needs a VM' } }, /needs a VM/],
    ['empty', { probe: { status: 'empty' } }, /lists no tools/],
    ['needs', { probe: { status: 'needs-input', reason: 'a specification' } }, /a specification/],
    ['failed', { probe: { status: 'failed', reason: 'it died' } }, /it died/],
    ['not-run', { probe: { status: 'not-run' } }, /not started/],
    ['no-tools', { tools: {} }, /lists no tools/],
  ];

  test.each(cases)('%s: skipped with the reason when a glob chose it', (id, more, reason) => {
    const plan = createPlan(manifestOf(serverEntry(id, ['read'], more)), settingsOf());
    expect(plan.problems).toEqual([]);
    expect(plan.targets).toEqual([]);
    expect(plan.skipped).toEqual([{ server: id, reason: expect.stringMatching(reason) }]);
  });

  test.each(cases)('%s: a problem when it is named', (id, more, reason) => {
    const settings = settingsOf({ servers: { include: [id] } });
    const plan = createPlan(manifestOf(serverEntry(id, ['read'], more)), settings);
    expect(plan.problems).toEqual([expect.objectContaining({ message: expect.stringMatching(reason) })]);
  });
});

describe('problems', () => {
  const problemsOf = (config: Record<string, unknown>, ...entries: Parameters<typeof manifestOf>) =>
    createPlan(manifestOf(...entries), settingsOf(config)).problems;

  test.each([
    ['include', { include: ['aws-documentaton-mcp-server'] }],
    ['exclude', { exclude: ['aws-documentaton-mcp-server'] }],
    ['settings', { settings: { 'aws-documentaton-mcp-server': {} } }],
  ])('a server in %s that the manifest does not have, with the nearest name', (key, servers) => {
    expect(problemsOf({ servers }, docs, iam)).toEqual([
      {
        at: `servers.${key}: aws-documentaton-mcp-server`,
        message: expect.stringContaining('no server'),
        hint: 'did you mean aws-documentation-mcp-server?',
        kind: 'invalid',
      },
    ]);
  });

  test('an include glob that matches nothing; * alone may', () => {
    expect(problemsOf({ servers: { include: ['zz-*'] } }, docs)).toHaveLength(1);
    expect(problemsOf({}, docs)).toEqual([]);
  });

  test('a tool glob that matches nothing', () => {
    const tools = { include: ['serch'], exclude: ['zz*'] };
    const problems = problemsOf({ servers: { settings: { [docs.id]: { tools } } } }, docs);
    expect(problems.map(({ hint }) => hint)).toEqual([
      'did you mean search?',
      expect.stringContaining('mcpgw'),
    ]);
  });

  test('a withheld action that was never to be granted', () => {
    const [problem] = problemsOf(
      { servers: { settings: { [docs.id]: { withhold: ['s3:GetObject'] } } } },
      docs,
    );
    expect(problem?.at).toBe(`servers.settings.${docs.id}.withhold: s3:GetObject`);
  });

  test('two servers with one target name, whatever their case', () => {
    const settings = { [iam.id]: { target: 'AWS-documentation' } };
    const problems = problemsOf({ servers: { settings } }, docs, iam);
    expect(problems).toEqual([expect.objectContaining({ at: 'target name aws-documentation' })]);
  });

  test('two servers with one function name', () => {
    const problems = problemsOf({}, serverEntry('a.b', ['x']), serverEntry('a_b', ['x']));
    expect(problems.map(({ at }) => at)).toEqual(['target name a-b', 'function name gw-dev-a-b']);
  });

  test('a target name that leaves no room for tools', () => {
    const target = 'x'.repeat(60);
    const [problem] = problemsOf({ servers: { settings: { [docs.id]: { target } } } }, docs);
    expect(problem).toMatchObject({ at: `servers.settings.${docs.id}.target`, kind: 'invalid' });
  });

  test('more targets than a gateway takes', () => {
    const entries = Array.from({ length: LIMITS.targetsPerGateway + 1 }, (_, index) =>
      serverEntry(`s-${index}`),
    );
    const gateway = { name: 'gw-dev', shards: 1 };
    expect(problemsOf({ gateway }, ...entries.slice(1))).toEqual([]);
    expect(problemsOf({ gateway }, ...entries)).toEqual([expect.objectContaining({ kind: 'refused' })]);
    // Not said how many: as many gateways as they need.
    expect(problemsOf({}, ...entries)).toEqual([]);
  });

  test('more tools than a target takes', () => {
    const tools = Array.from({ length: LIMITS.toolsPerTarget + 1 }, (_, index) => `t${index}`);
    expect(problemsOf({}, serverEntry('s', tools.slice(1)))).toEqual([]);
    expect(problemsOf({}, serverEntry('s', tools)).map(({ kind }) => kind)).toContain('refused');
  });

  test('variables of more than a function takes', () => {
    const random = Array.from({ length: 200 }, (_, index) => sha256(String(index)).slice(7)).join('');
    const environment = { NOISE: random };
    const [problem] = problemsOf({ servers: { settings: { [docs.id]: { environment } } } }, docs);
    expect(problem?.at).toBe(`servers.settings.${docs.id}.environment`);
    const legible = { environment: { TEXT: 'a'.repeat(5000) } };
    expect(problemsOf({ servers: { settings: { [docs.id]: legible } } }, docs)).toEqual([]);
  });

  test('a budget of tools or tokens exceeded, naming the largest', () => {
    const problems = problemsOf({ budget: { tools: 4, tokens: 10 } }, docs, iam);
    expect(problems.map(({ at, kind }) => [at, kind])).toEqual([
      ['budget.tools', 'refused'],
      ['budget.tokens', 'refused'],
    ]);
    expect(problems[0]?.hint).toContain('iam 3, aws-documentation 2');
  });

  test('a budget holds for each gateway', () => {
    const toolsets = { docs: { include: ['aws-doc*'] }, iam: { include: ['iam*'] } };
    const problems = problemsOf({ budget: { tools: 2 }, toolsets }, docs, iam);
    expect(problems.map(({ message }) => message)).toEqual([
      'a client of gw-dev-iam sees 3 tools, the budget is 2',
    ]);
  });

  test('semantic search where there is none', () => {
    const settings = { ...settingsOf({ gateway: { name: 'gw', search: 'semantic' } }), region: 'us-west-1' };
    expect(createPlan(manifestOf(docs), settings).problems).toHaveLength(1);
    expect(createPlan(manifestOf(docs), { ...settings, region: 'us-east-1' }).problems).toEqual([]);
  });
});

test('requireSound throws once with all problems: exit 2, or 7 when only rules say no', () => {
  const thrown = (config: Record<string, unknown>) => {
    try {
      requireSound(createPlan(manifestOf(docs, iam), settingsOf(config)));
    } catch (error) {
      if (error instanceof McpgwError) return error;
    }
    throw new Error('nothing was thrown');
  };
  const both = thrown({ budget: { tools: 1 }, servers: { exclude: ['nobody'] } });
  expect(both).toMatchObject({ code: 'plan-problems', exitCode: 2 });
  expect(both.message).toMatch(/nobody[\s\S]*budget/);
  expect(thrown({ budget: { tools: 1 } })).toMatchObject({ code: 'plan-refused', exitCode: 7 });
});
