/**
 * Real published servers: laid out from the package index, installed from their own lock, started, listed.
 * They must give what the committed manifest says of the checkout, whatever Python this machine has.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { type DiscoveryResult, discover, prepareServer } from '../../../discovery/index.ts';
import type { ServerEntry } from '../../../plan/manifest.ts';
import { readDefinitions, readManifest } from '../../../store/manifest.ts';
import { lawsOfTool } from '../../unit/plan/projection-properties.ts';

const PACKAGES = ['awslabs.aws-documentation-mcp-server==1.1.30', 'awslabs.iam-mcp-server==1.0.25'];
const COMMITTED = path.resolve('manifest');
const MINUTES = 60_000;

let folder: string;
let manifest: string;
let first: DiscoveryResult;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mcpgw-test-'));
  manifest = path.join(folder, 'manifest');
  first = await discover({ fromPypi: PACKAGES, manifest, python: 'any' });
}, 10 * MINUTES);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function contents(root: string): Promise<Record<string, string>> {
  const names = (await readdir(root, { recursive: true })).sort();
  const files: Record<string, string> = {};
  for (const name of names) {
    if ((await stat(path.join(root, name))).isFile())
      files[name] = await readFile(path.join(root, name), 'utf8');
  }
  return files;
}

/** Which Python served it and what the static reader adds are compared elsewhere. */
function comparable({ probe, ...entry }: ServerEntry): unknown {
  return { ...entry, status: probe?.status };
}

test('both are listed, with their versions as the source of the manifest', async () => {
  expect(first.reports.map(({ id, status }) => [id, status])).toEqual([
    ['aws-documentation-mcp-server', 'listed'],
    ['iam-mcp-server', 'listed'],
  ]);
  expect((await readManifest(manifest)).source).toEqual({
    formatVersion: 1,
    type: 'pypi',
    packages: { 'awslabs.aws-documentation-mcp-server': '1.1.30', 'awslabs.iam-mcp-server': '1.0.25' },
  });
});

test('sdist and checkout of equal code give the same entry, hashes of code, lock and every tool included', async () => {
  const committed = await readManifest(COMMITTED);
  for (const entry of first.entries) {
    const pinned = committed.servers[entry.id];
    expect(pinned).toBeDefined();
    if (pinned !== undefined) expect(comparable(entry)).toEqual(comparable(pinned));
  }
});

test(
  'a second run executes nothing and changes nothing, byte for byte',
  async () => {
    const before = await contents(manifest);
    const again = await discover({ fromPypi: PACKAGES, manifest, python: 'any' });
    expect(again.reports.every((report) => report.cached)).toBe(true);
    expect([again.written, again.removed]).toEqual([[], []]);
    expect(await contents(manifest)).toEqual(before);
  },
  MINUTES,
);

test(
  'into another folder the same bytes are written',
  async () => {
    const other = path.join(folder, 'other');
    await discover({ fromPypi: [...PACKAGES].reverse(), manifest: other, python: 'any', jobs: 1 });
    expect(await contents(other)).toEqual(await contents(manifest));
  },
  MINUTES,
);

test('the definitions on disk are verified against the entry', async () => {
  for (const entry of first.entries) {
    const definitions = await readDefinitions(manifest, entry);
    expect(definitions.map((tool) => tool.name)).toEqual(Object.keys(entry.tools ?? {}));
  }
});

test('the laws of projection hold for what they list', async () => {
  const counts = { compared: 0 };
  for (const entry of first.entries)
    for (const definition of await readDefinitions(manifest, entry)) {
      const { legal, settled, validStaysValid } = lawsOfTool(definition, counts);
      expect([definition.name, legal, settled]).toEqual([definition.name, true, true]);
      fc.assert(validStaysValid, { numRuns: 20 });
    }
  expect(counts.compared).toBeGreaterThan(500);
});

test('a prepared server is a command that exists', async () => {
  const { source, servers } = await readManifest(manifest);
  for (const entry of Object.values(servers)) {
    const launch = await prepareServer({ entry, source });
    expect((await stat(launch.command)).isFile()).toBe(true);
    expect(path.basename(launch.command)).toBe(entry.entrypoint?.script);
  }
});

test(
  '--check writes nothing and tells what would change',
  async () => {
    const before = await contents(manifest);
    const unchanged = await discover({ fromPypi: PACKAGES, manifest, python: 'any', check: true });
    expect([unchanged.written, unchanged.removed]).toEqual([[], []]);
    const fewer = await discover({ fromPypi: PACKAGES.slice(0, 1), manifest, python: 'any', check: true });
    expect(fewer.removed).toContain('servers/iam-mcp-server.yaml');
    expect(fewer.written).toEqual(['source.yaml']);
    expect(await contents(manifest)).toEqual(before);
  },
  MINUTES,
);

test(
  'without the probe nothing is executed, and the manifest says so',
  async () => {
    const result = await discover({
      fromPypi: PACKAGES,
      manifest: path.join(folder, 'unprobed'),
      probe: false,
    });
    expect(result.entries.map(({ probe, tools }) => [probe, tools])).toEqual([
      [{ status: 'not-run' }, undefined],
      [{ status: 'not-run' }, undefined],
    ]);
  },
  MINUTES,
);
