/** The manifest folder: what is written is read back, only what differs is touched, tampering is refused. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../../plan/hash.ts';
import type { ManifestSource, ServerEntry, ToolDefinition } from '../../../plan/manifest.ts';
import { toolFacts } from '../../../plan/tool-facts.ts';
import { readDefinitions, readManifest, writeManifest } from '../../../store/manifest.ts';

const source: ManifestSource = { formatVersion: 1, type: 'pypi', packages: { 'awslabs.x': '1.0.0' } };

function definition(name: string, description = 'Reads.'): ToolDefinition {
  return { name, description, inputSchema: { type: 'object', properties: { url: { type: 'string' } } } };
}

function entry(id: string, definitions: ToolDefinition[] = []): ServerEntry {
  const tools = definitions.map((each) => [
    each.name,
    { ...toolFacts(each), access: 'read' as const, because: 'name' as const },
  ]);
  return {
    formatVersion: 1,
    id,
    kind: 'stdio',
    source: sha256(id),
    ...(tools.length > 0 ? { tools: Object.fromEntries(tools) } : {}),
  };
}

let dir: string;
let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mcpgw-manifest-'));
  dir = join(parent, 'manifest');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const a = [definition('read'), definition('fetch')];

test('what is written is read back, definitions sorted and verified', async () => {
  const changed = await writeManifest(dir, {
    source,
    servers: [entry('b-server'), entry('a-server', a)],
    definitions: { 'a-server': a },
  });
  expect(changed).toEqual({
    written: ['servers/a-server.yaml', 'servers/b-server.yaml', 'source.yaml', 'tools/a-server.json'],
    removed: [],
  });
  const manifest = await readManifest(dir);
  expect(manifest.source).toEqual(source);
  expect(Object.keys(manifest.servers)).toEqual(['a-server', 'b-server']);
  expect(manifest.servers['a-server']).toEqual(entry('a-server', a));
  expect((await readDefinitions(dir, entry('a-server', a))).map(({ name }) => name)).toEqual([
    'fetch',
    'read',
  ]);
  expect(await readDefinitions(dir, entry('b-server'))).toEqual([]);
  expect(await readdir(parent)).toEqual(['manifest']);
});

test('writing the same again touches nothing; a change touches its files only', async () => {
  const servers = [entry('a-server', a), entry('b-server')];
  await writeManifest(dir, { source, servers, definitions: { 'a-server': a } });
  await writeFile(join(dir, 'README.md'), 'ours');
  const before = await stat(join(dir, 'servers/a-server.yaml'));
  const folder = await stat(dir);
  expect(await writeManifest(dir, { source, servers, definitions: { 'a-server': a } })).toEqual({
    written: [],
    removed: [],
  });
  expect((await stat(dir)).ino).toBe(folder.ino);
  const next = { ...entry('b-server'), deprecated: 'use a-server' };
  expect(await writeManifest(dir, { source, servers: [next], definitions: {}, keep: ['a-server'] })).toEqual({
    written: ['servers/b-server.yaml'],
    removed: [],
  });
  const after = await stat(join(dir, 'servers/a-server.yaml'));
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  expect(await readFile(join(dir, 'README.md'), 'utf8')).toBe('ours');
  expect((await readManifest(dir)).servers['b-server']?.deprecated).toBe('use a-server');
});

test('servers that are neither given nor kept are removed with their definitions', async () => {
  const servers = [entry('a-server', a), entry('b-server')];
  await writeManifest(dir, { source, servers, definitions: { 'a-server': a } });
  expect(await writeManifest(dir, { source, servers: [], definitions: {}, keep: ['b-server'] })).toEqual({
    written: [],
    removed: ['servers/a-server.yaml', 'tools/a-server.json'],
  });
  expect(Object.keys((await readManifest(dir)).servers)).toEqual(['b-server']);
});

test('without new definitions those on disk stay when they still fit, and go when they do not', async () => {
  await writeManifest(dir, { source, servers: [entry('a-server', a)], definitions: { 'a-server': a } });
  const same = { ...entry('a-server', a), deprecated: 'old' };
  await writeManifest(dir, { source, servers: [same], definitions: {} });
  expect(await readDefinitions(dir, same)).toHaveLength(2);
  const other = entry('a-server', [definition('read', 'Reads and writes.')]);
  expect(await writeManifest(dir, { source, servers: [other], definitions: {} })).toEqual({
    written: ['servers/a-server.yaml'],
    removed: ['tools/a-server.json'],
  });
  await expect(readDefinitions(dir, other)).rejects.toMatchObject({ code: 'definitions-missing' });
});

test('definitions that only list their properties in another order leave the file as it is', async () => {
  const one: ToolDefinition = {
    name: 'read',
    description: 'Reads.',
    inputSchema: { type: 'object', properties: { x: { type: 'string' }, y: { type: 'string' } } },
  };
  const other: ToolDefinition = {
    ...one,
    inputSchema: { properties: { y: { type: 'string' }, x: { type: 'string' } }, type: 'object' },
  };
  await writeManifest(dir, { source, servers: [entry('s', [one])], definitions: { s: [one] } });
  const result = await writeManifest(dir, {
    source,
    servers: [entry('s', [other])],
    definitions: { s: [other] },
  });
  expect(result.written).toEqual([]);
});

describe('refuses', () => {
  beforeEach(() => writeManifest(dir, { source, servers: [entry('s', a)], definitions: { s: a } }));
  const edit = async (path: string, change: (text: string) => string) =>
    writeFile(join(dir, path), change(await readFile(join(dir, path), 'utf8')));

  test('a folder without a manifest', async () => {
    await expect(readManifest(join(parent, 'other'))).rejects.toMatchObject({ code: 'manifest-missing' });
  });
  test('another format version', async () => {
    await edit('servers/s.yaml', (text) => text.replace('formatVersion: 1', 'formatVersion: 2'));
    await expect(readManifest(dir)).rejects.toMatchObject({
      code: 'manifest-format',
      message: expect.stringContaining('servers/s.yaml'),
    });
  });
  test('an unknown key, naming file and key', async () => {
    await edit('servers/s.yaml', (text) => `${text}surprise: 1\n`);
    await expect(readManifest(dir)).rejects.toMatchObject({
      code: 'manifest-invalid',
      message: expect.stringMatching(/servers\/s\.yaml.*surprise/),
    });
  });
  test('a file whose name is not its id', async () => {
    await writeFile(join(dir, 'servers/t.yaml'), await readFile(join(dir, 'servers/s.yaml'), 'utf8'));
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'manifest-invalid' });
  });
  test.each([
    ['a changed word', '"Reads."', '"Reads. Then send it."', /fetch has other words/],
    ['a changed schema', '"type": "string"', '"type": "integer"', /fetch has another schema/],
    [
      'a renamed tool',
      '"name": "fetch"',
      '"name": "steal"',
      /steal is not in the manifest.*fetch is missing/,
    ],
  ])('definitions with %s', async (_what, from, to, problem) => {
    await edit('tools/s.json', (text) => text.replace(from, to));
    await expect(readDefinitions(dir, entry('s', a))).rejects.toMatchObject({
      code: 'definitions-mismatch',
      message: expect.stringMatching(problem),
    });
  });
  test('definitions that are not JSON, or no definitions', async () => {
    await edit('tools/s.json', (text) => text.slice(0, -5));
    await expect(readDefinitions(dir, entry('s', a))).rejects.toMatchObject({ code: 'manifest-invalid' });
    await edit('tools/s.json', () => '[{"name": 1}]');
    await expect(readDefinitions(dir, entry('s', a))).rejects.toMatchObject({ code: 'manifest-invalid' });
  });
  test('to write definitions that do not fit their entry, and then changes nothing', async () => {
    const before = await readFile(join(dir, 'tools/s.json'), 'utf8');
    const other = [definition('read', 'Other.')];
    await expect(
      writeManifest(dir, { source, servers: [entry('s', a)], definitions: { s: other } }),
    ).rejects.toMatchObject({ code: 'definitions-mismatch' });
    expect(await readFile(join(dir, 'tools/s.json'), 'utf8')).toBe(before);
    expect(await readdir(parent)).toEqual(['manifest']);
  });
});

test('a folder that lost its name to a killed process is found again', async () => {
  await writeManifest(dir, { source, servers: [entry('s', a)], definitions: { s: a } });
  // No process has this id: Linux and macOS stop far below it.
  const { rename } = await import('node:fs/promises');
  await rename(dir, join(parent, '.manifest.old-999999999'));
  await mkdir(join(parent, '.manifest.new-999999999'));
  expect(Object.keys((await readManifest(dir)).servers)).toEqual(['s']);
  await writeManifest(dir, { source, servers: [entry('t')], definitions: {} });
  expect(await readdir(parent)).toEqual(['manifest']);
});
