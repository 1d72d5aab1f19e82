/**
 * The proof of the derived IAM actions over all servers: each is driven against moto, and every AWS call that it is seen to make
 * must be covered. Takes about 30 minutes on 2 cores; sixteen servers, fewer calls of each, run in tests/integration/iam.
 *   node tests/iam/proof.ts --checkout DIR [--manifest DIR] [--seconds N] [--json FILE] [server…]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { discover, prepareServer } from '../../discovery/index.ts';
import { knowledgeOf, readKnowledge } from '../../discovery/knowledge.ts';
import { messageOf } from '../../plan/errors.ts';
import { readManifest } from '../../store/manifest.ts';
import { drive, opening, type Verdict } from '../integration/iam/drive.ts';
import { freshly } from '../integration/iam/freshly.ts';
import { startMoto } from '../integration/s3-question/moto.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    checkout: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'string' },
    /** Tools and versions from here, instead of a discovery of its own. */
    manifest: { type: 'string' },
  },
});
if (values.checkout === undefined) throw new Error('--checkout DIR of awslabs/mcp is needed');
const { checkout } = values;

const folder = await mkdtemp(join(tmpdir(), 'mcpgw-iam-proof-'));
const moto = await startMoto();
try {
  const verdicts = await prove(join(folder, 'manifest'));
  if (values.json) await writeFile(values.json, `${JSON.stringify(verdicts, null, 1)}\n`);
  report(verdicts);
} finally {
  await moto.close();
  await rm(folder, { recursive: true, force: true });
}

async function prove(temporary: string): Promise<Verdict[]> {
  const manifestDir = values.manifest ?? temporary;
  if (values.manifest === undefined)
    await discover({
      checkout,
      manifest: manifestDir,
      ...(positionals.length > 0 && { servers: positionals }),
    });
  const manifest = await readManifest(manifestDir);
  for (const name of ['glue-bucket', 'test-bucket']) await moto.createBucket(name);
  const book = await readKnowledge();
  const verdicts: Verdict[] = [];
  for (const entry of Object.values(manifest.servers)) {
    if (entry.probe?.status !== 'listed') continue;
    if (positionals.length > 0 && !positionals.includes(entry.id)) continue;
    const knowledge = knowledgeOf(book, entry.id);
    try {
      const verdict = await drive({
        entry: await freshly(entry, join(checkout, 'src', entry.id)),
        launch: await prepareServer({ entry, source: manifest.source, checkout }),
        endpoint: moto.url,
        arguments: [...knowledge.arguments, ...opening(entry)],
        environment: {
          ...knowledge.environment,
          ALLOW_WRITE: 'true',
          ALLOW_SENSITIVE_DATA: 'true',
          SITEWISE_MCP_ALLOW_WRITES: 'true',
        },
        seconds: Number(values.seconds),
      });
      verdicts.push(verdict);
      console.error(line(verdict));
    } catch (error) {
      console.error(`${entry.id}: ${messageOf(error)}`);
    }
  }
  return verdicts;
}

function line({ id, derived, calls, answered, seen, missed, missedByTool, told, cut }: Verdict): string {
  return `| ${id} | ${derived} | ${answered}/${calls}${cut ? ' (cut)' : ''} | ${seen.length} | ${missed.length} | ${missedByTool.length} | ${told.length} |`;
}

function report(verdicts: readonly Verdict[]): void {
  console.log(
    '| server | actions derived | calls answered | operations seen | missed | missed by tool | told in words |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const verdict of verdicts) console.log(line(verdict));
  for (const { id, missed, missedByTool } of verdicts) {
    for (const what of missed) console.log(`missed: ${id}: ${what}`);
    for (const what of missedByTool) console.log(`missed by tool: ${id}: ${what}`);
  }
  if (verdicts.some((verdict) => verdict.missed.length > 0)) process.exitCode = 1;
}
