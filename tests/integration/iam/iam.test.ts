/**
 * The proof of the IAM actions on a sample: published servers driven against moto, every AWS call they are seen to make covered
 * by the actions that were derived from their source. All servers: `npm run proof:iam` (some 30 minutes).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { discover, prepareServer } from '../../../discovery/index.ts';
import type { Manifest, ServerEntry } from '../../../plan/manifest.ts';
import { readDefinitions, readManifest } from '../../../store/manifest.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';
import { drive, opening } from './drive.ts';

jest.setTimeout(900_000); // installs three servers and moto when the cache is empty

const PACKAGES = [
  'awslabs.iam-mcp-server==1.0.25',
  'awslabs.cloudtrail-mcp-server==0.0.18',
  'awslabs.amazon-sns-sqs-mcp-server==2.0.23',
];

let folder: string;
let moto: Moto;
let manifest: Manifest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-iam-'));
  [moto] = await Promise.all([
    startMoto(),
    discover({ fromPypi: PACKAGES, manifest: folder, python: 'any' }),
  ]);
  manifest = await readManifest(folder);
});
afterAll(async () => {
  await moto?.close();
  await rm(folder, { recursive: true, force: true });
});

async function prove(id: string, change: (entry: ServerEntry) => ServerEntry = (entry) => entry) {
  const entry = manifest.servers[id];
  if (entry === undefined) throw new Error(`no ${id} in the manifest`);
  return drive({
    entry: change(entry),
    definitions: await readDefinitions(folder, entry),
    launch: await prepareServer({ entry, source: manifest.source }),
    endpoint: moto.url,
    arguments: opening(entry),
  });
}

test.each([
  ['iam-mcp-server', 20],
  ['cloudtrail-mcp-server', 3],
  ['amazon-sns-sqs-mcp-server', 20], // its tools are generated from boto3 at run time
])('%s makes only calls that were derived', async (id, least) => {
  const verdict = await prove(id);
  expect(verdict.seen.length).toBeGreaterThanOrEqual(least);
  expect(verdict.missed).toEqual([]);
  expect(verdict.missedByTool).toEqual([]);
});

test('an action that was not derived is found', async () => {
  const verdict = await prove('cloudtrail-mcp-server', (entry) => {
    const { 'cloudtrail:LookupEvents': gone, ...actions } = entry.aws?.actions ?? {};
    expect(gone).toBeDefined();
    return { ...entry, aws: { actions, unresolved: [] } };
  });
  expect(verdict.missed).toEqual(['cloudtrail:LookupEvents (lookup_events)']);
});
