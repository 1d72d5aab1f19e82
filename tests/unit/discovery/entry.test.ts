/** A manifest entry from facts: the same facts give the same entry, and what is not known is not there. */
import { type EntryInputs, makeEntry } from '../../../discovery/entry.ts';
import { knowledgeOf, parseKnowledge } from '../../../discovery/knowledge.ts';
import type { StaticFacts } from '../../../discovery/static/index.ts';
import { formatServer, type ToolDefinition } from '../../../plan/manifest.ts';

const NO_KNOWLEDGE = knowledgeOf({}, 'x-mcp-server');
const tool = (name: string): ToolDefinition => ({
  name,
  description: 'Does.',
  inputSchema: { type: 'object' },
});
const LOCK =
  'version = 1\nrequires-python = ">=3.10"\n\n[[package]]\nname = "awslabs-x"\nversion = "1.0"\nsource = { editable = "." }\n';

const FACTS: StaticFacts = {
  environment: ['B', 'A'],
  arguments: ['--z', '--a'],
  actions: {
    's3:GetObject': { access: 'Read', from: ['server.py#get_it'] },
    's3:DeleteObject': { access: 'Write', from: ['server.py#drop_it'] },
  },
  conditional: {},
  unresolved: ['b', 'a'],
  tools: [
    { name: 'get_it', from: 'server.py#get_it', actions: ['s3:GetObject'] },
    { name: 'look', from: 'server.py#look', actions: ['s3:DeleteObject', 's3:GetObject'] },
  ],
  broken: [],
} as unknown as StaticFacts;

function inputs(more: Partial<EntryInputs> = {}): EntryInputs {
  return {
    server: {
      id: 'x-mcp-server',
      directory: '/nowhere',
      kind: 'stdio',
      project: {
        name: 'awslabs.x-mcp-server',
        version: '1.0',
        requiresPython: '>=3.10',
        scripts: {},
        packages: [],
        buildFiles: [],
      },
      entrypoint: { script: 'awslabs.x-mcp-server', module: 'awslabs.x.server', attribute: 'main' },
      rejected: {},
      sources: { files: {}, blobs: {}, hash: `sha256:${'a'.repeat(64)}`, lock: `sha256:${'b'.repeat(64)}` },
    },
    knowledge: NO_KNOWLEDGE,
    facts: FACTS,
    lockText: LOCK,
    probe: {
      status: 'listed',
      python: '3.13',
      tools: [tool('look'), tool('get_it')],
      prompts: 1,
      resources: 2,
    },
    ...more,
  };
}

test('equal facts in another order give equal bytes', () => {
  const shuffled = inputs({
    facts: { ...FACTS, environment: ['A', 'B'], unresolved: ['a', 'b'], tools: [...FACTS.tools].reverse() },
    probe: {
      status: 'listed',
      python: '3.13',
      tools: [tool('get_it'), tool('look')],
      prompts: 1,
      resources: 2,
    },
  });
  expect(formatServer(makeEntry(shuffled))).toBe(formatServer(makeEntry(inputs())));
});

test('no machine path and no time gets in', () => {
  expect(formatServer(makeEntry(inputs()))).not.toMatch(/nowhere|\d{4}-\d\d-\d\d/);
});

test('access follows the actions that a tool reaches, and knowledge overrules them', () => {
  expect(makeEntry(inputs()).tools).toMatchObject({
    get_it: { access: 'read', actions: ['s3:GetObject'] },
    look: { access: 'write', because: 'actions' },
  });
  const book = parseKnowledge(
    'servers:\n  x-mcp-server: [{ source: looked at it, access: { look: read } }]\n',
  );
  expect(makeEntry(inputs({ knowledge: knowledgeOf(book, 'x-mcp-server') })).tools?.look).toMatchObject({
    access: 'read',
    because: 'knowledge',
  });
});

test('the Python of the probe is recorded only when it is not the default', () => {
  expect(makeEntry(inputs()).probe).toEqual({ status: 'listed' });
  const older = inputs({ probe: { status: 'empty', python: '3.11', tools: [], prompts: 0, resources: 0 } });
  expect(makeEntry(older).probe).toEqual({ status: 'empty', python: '3.11' });
});

test('what was not listed has no tools at all, which is not the same as none', () => {
  const failed = inputs({ probe: { status: 'failed', reason: 'why', tools: [], prompts: 0, resources: 0 } });
  expect(makeEntry(failed)).toMatchObject({ probe: { status: 'failed', reason: 'why' } });
  expect(makeEntry(failed)).not.toHaveProperty('tools');
  const empty = inputs({ probe: { status: 'empty', tools: [], prompts: 0, resources: 0 } });
  expect(makeEntry(empty).tools).toEqual({});
});

test('a lock that no Lambda Python fits makes the server unhostable, with the reason', () => {
  const entry = makeEntry(inputs({ lockText: LOCK.replace('>=3.10', '>=3.15') }));
  expect(entry.build).toBeUndefined();
  expect(entry.hosting).toMatchObject({ lambda: false, reason: expect.stringContaining('>=3.15') });
});

test("knowledge's endpoints replace those of a README", () => {
  const remote = {
    id: 'r',
    directory: '',
    kind: 'remote',
    rejected: {},
    endpoints: ['https://a.us-east-1.api.aws'],
  } as const;
  const server = { ...remote, endpoints: [...remote.endpoints] };
  expect(makeEntry({ server, knowledge: NO_KNOWLEDGE }).endpoints).toEqual(['https://a.us-east-1.api.aws']);
  const book = parseKnowledge(
    'servers:\n  r: [{ source: looked at it, endpoints: ["https://a.{region}.api.aws"] }]\n',
  );
  expect(makeEntry({ server, knowledge: knowledgeOf(book, 'r') }).endpoints).toEqual([
    'https://a.{region}.api.aws',
  ]);
});

test('conditional actions are written only where there are some', () => {
  const facts: StaticFacts = {
    ...FACTS,
    conditional: { 'kms:Decrypt': { access: 'Write', from: ['depends:s3:GetObject'], when: 'a key' } },
  };
  const text = (given: StaticFacts) => formatServer(makeEntry(inputs({ facts: given })));
  expect(text(FACTS)).not.toContain('conditional');
  expect(text(facts)).toContain('when: a key');
});
