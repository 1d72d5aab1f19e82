import { expect, test } from '@jest/globals';
import { publishArtefacts } from '../../../infra/publish.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { interceptorKey } from '../../../proxies/packaging/interceptor-package.ts';
import type { ArtefactStore } from '../../../store/artefacts.ts';
import { syntheticDefinitions, syntheticEntry } from '../../engine/support/synthetic.ts';

const server = { id: 'one-mcp-server' };
const settings = parseSettings(
  'dev',
  { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' } },
  'test',
);
const plan = createPlan(
  { source: { formatVersion: 1, type: 'folder' }, servers: { [server.id]: syntheticEntry(server) } },
  settings,
);
const names = {
  packages: { [server.id]: 'packages/one/a.zip' },
  images: {},
  layers: { 'python-3-13-arm64': 'layers/python3.13-arm64/a.zip' },
  schemas: plan.targets.map(({ schemaKey }) => schemaKey),
};

function memoryStore(keys: readonly string[]) {
  const held = new Map<string, string>(keys.map((key) => [key, '']));
  const store: ArtefactStore = {
    has: async (key) => held.has(key),
    put: async (key, content) => void held.set(key, String(Buffer.from(content as Uint8Array))),
    location: (key) => ({ bucket: 'b', key }),
  };
  return { held, store };
}

const definitions = async () => syntheticDefinitions(server);

test('missing tool schemas are put up; packages that are there are not asked for', async () => {
  const { held, store } = memoryStore(['packages/one/a.zip', 'layers/python3.13-arm64/a.zip']);
  await publishArtefacts({ plan, names, store, definitions, onProgress: () => {} });
  const tools = JSON.parse(held.get(names.schemas[0] ?? '') ?? 'null') as { name: string }[];
  expect(tools.map(({ name }) => name)).toEqual(['tool_0', 'tool_1']);
});

test('what cannot be published stops the update with the list', async () => {
  const { store } = memoryStore([]);
  await expect(
    publishArtefacts({ plan, names, store, definitions, onProgress: () => {} }),
  ).rejects.toMatchObject({
    code: 'artefacts-missing',
    message: 'the artefact store lacks:\n  packages/one/a.zip\n  layers/python3.13-arm64/a.zip',
    hint: expect.stringContaining('mcpgw package --publish --stack dev'),
  });
});

test('the interceptor is put up by the update itself: it is one small file', async () => {
  const present = [...Object.values(names.packages), ...Object.values(names.layers), ...names.schemas];
  const { held, store } = memoryStore(present);
  const interceptor = await interceptorKey();
  await publishArtefacts({
    plan,
    names: { ...names, interceptor },
    store,
    definitions,
    onProgress: () => {},
  });
  expect(held.get(interceptor)).toMatch(/^PK/);
});

test('packages are published by the builder, with exactly what is missing', async () => {
  const { store } = memoryStore(['layers/python3.13-arm64/a.zip', ...names.schemas]);
  const asked: string[] = [];
  const packages = async (missing: readonly string[]) => {
    asked.push(...missing);
    for (const key of missing) await store.put(key, Buffer.from(''));
  };
  await publishArtefacts({ plan, names, store, definitions, packages, onProgress: () => {} });
  expect(asked).toEqual(['packages/one/a.zip']);
});

test('nothing is done when nothing is missing', async () => {
  const { store } = memoryStore([
    ...names.schemas,
    ...Object.values(names.packages),
    ...Object.values(names.layers),
  ]);
  const said: string[] = [];
  await publishArtefacts({
    plan,
    names,
    store,
    definitions: () => Promise.reject(new Error('asked')),
    onProgress: (line) => said.push(line),
  });
  expect(said).toEqual([]);
});

test('an image that the registry lacks stops the update as well; one that it has does not', async () => {
  const { store } = memoryStore(['packages/one/a.zip', 'layers/python3.13-arm64/a.zip', ...names.schemas]);
  const publishing = { plan, store, definitions, onProgress: () => {} };
  const withImage = { ...names, images: { 'two-mcp-server': 'ab12' } };
  const registry = (tags: readonly string[]) => ({
    has: async (tag: string) => tags.includes(tag),
    open: () => Promise.reject(new Error('nothing is pushed')),
  });
  const lacking = {
    code: 'artefacts-missing',
    message: expect.stringContaining('images/two-mcp-server/ab12'),
  };
  await expect(publishArtefacts({ ...publishing, names: withImage })).rejects.toMatchObject(lacking);
  await expect(
    publishArtefacts({ ...publishing, names: withImage, images: registry([]) }),
  ).rejects.toMatchObject(lacking);
  await publishArtefacts({ ...publishing, names: withImage, images: registry(['ab12']) });
});
