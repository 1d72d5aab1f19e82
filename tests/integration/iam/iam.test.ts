/**
 * The proof of the IAM actions on sixteen servers: as published, they are driven against moto with botocore's monitoring on, and
 * every AWS call that they are seen to make is covered by what the committed manifest derives from their source.
 * All servers, and more calls of each: `npm run proof:iam` (some 30 minutes).
 */
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { prepareServer, sourcesOf } from '../../../discovery/index.ts';
import { mapPool } from '../../../discovery/pool.ts';
import { layOutPackages } from '../../../discovery/source/pypi.ts';
import { MANIFEST_FORMAT, type ManifestSource, type ServerEntry } from '../../../plan/manifest.ts';
import { readManifest } from '../../../store/manifest.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';
import { type Drive, drive, opening, type Verdict } from './drive.ts';
import { freshly } from './freshly.ts';

jest.setTimeout(900_000); // installs sixteen servers and moto when the cache is empty

/** Light servers whose published code is that of the manifest, and the AWS operations that each is seen to call at least. */
const SERVERS: Readonly<Record<string, number>> = {
  'amazon-kendra-index-mcp-server': 1,
  'amazon-mq-mcp-server': 5, // its tools are generated from boto3 at run time
  'amazon-sns-sqs-mcp-server': 8, // so are these
  'aws-appsync-mcp-server': 5,
  'aws-bedrock-custom-model-import-mcp-server': 3,
  'aws-for-sap-management-mcp-server': 3,
  'aws-iot-sitewise-mcp-server': 2,
  'aws-location-mcp-server': 3,
  'aws-network-mcp-server': 5,
  'bedrock-kb-retrieval-mcp-server': 1,
  'cloudtrail-mcp-server': 3,
  'elasticache-mcp-server': 5,
  'healthimaging-mcp-server': 3,
  'iam-mcp-server': 8,
  'redshift-mcp-server': 1,
  'well-architected-security-mcp-server': 3,
};
const MOST = { tools: 12, calls: 3 };

let moto: Moto;
const entries = new Map<string, ServerEntry>();
const launches = new Map<string, Drive['launch']>();
const verdicts = new Map<string, Verdict>();

beforeAll(async () => {
  const manifest = await readManifest(fileURLToPath(new URL('../../../manifest', import.meta.url)));
  const pinned = Object.keys(SERVERS).map((id) => manifest.servers[id] as ServerEntry);
  const packages = Object.fromEntries(
    pinned.map((entry) => [entry.package?.name ?? '', entry.package?.version ?? '']),
  );
  const source: ManifestSource = { formatVersion: MANIFEST_FORMAT, type: 'pypi', packages };
  const names = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
  const [started, { checkout }] = await Promise.all([startMoto(), layOutPackages(names, () => {}, true)]);
  moto = started;
  for (const name of ['glue-bucket', 'test-bucket']) await moto.createBucket(name);
  await mapPool(pinned, 2, async (entry) => {
    const options = { entry, source, checkout };
    entries.set(entry.id, await freshly(entry, await sourcesOf(options)));
    launches.set(entry.id, await prepareServer(options));
    verdicts.set(entry.id, await prove(entry.id));
  });
});
afterAll(() => moto?.close());

function prove(id: string, change: (entry: ServerEntry) => ServerEntry = (entry) => entry) {
  const [entry, launch] = [entries.get(id), launches.get(id)];
  if (entry === undefined || launch === undefined) throw new Error(`${id} was not made ready`);
  return drive({
    entry: change(entry),
    launch,
    endpoint: moto.url,
    arguments: opening(entry),
    environment: { SITEWISE_MCP_ALLOW_WRITES: 'true' },
    most: MOST,
  });
}

test.each(Object.entries(SERVERS))('%s makes only calls that were derived', (id, least) => {
  const verdict = verdicts.get(id);
  expect(verdict?.seen.length).toBeGreaterThanOrEqual(least);
  expect(verdict).toMatchObject({ missed: [], missedByTool: [], cut: false });
});

test('the committed manifest has what the reader derives today', async () => {
  const manifest = await readManifest(fileURLToPath(new URL('../../../manifest', import.meta.url)));
  for (const [id, { aws, tools }] of entries) {
    expect({ id, actions: manifest.servers[id]?.aws?.actions }).toEqual({ id, actions: aws?.actions });
    for (const [name, tool] of Object.entries(tools ?? {}))
      expect({ id, name, actions: manifest.servers[id]?.tools?.[name]?.actions }).toEqual({
        id,
        name,
        actions: tool.actions,
      });
  }
});

test('an action that was not derived is found', async () => {
  const verdict = await prove('cloudtrail-mcp-server', (entry) => {
    const { 'cloudtrail:LookupEvents': gone, ...actions } = entry.aws?.actions ?? {};
    expect(gone).toBeDefined();
    return { ...entry, aws: { actions, unresolved: [] } };
  });
  expect(verdict.missed).toEqual(['cloudtrail:LookupEvents (lookup_events)']);
});
