/**
 * `node bench/infra/run.ts [--large]`: what our program costs over a bare one that registers as many resources, by the
 * same engine with the same plugin, and how it grows. About 3 minutes on 2 quiet cores, `--large` (500 servers) 5 more.
 */
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Operation } from '../../offline/plugin/journal.ts';
import { createPlan } from '../../plan/plan.ts';
import { parseSettings } from '../../plan/settings/settings.ts';
import { Rehearsal, ROOT } from '../../tests/engine/support/rehearsal.ts';
import { manyServers, syntheticEntry } from '../../tests/engine/support/synthetic.ts';
import { bareProgram } from './bare.ts';

interface Row {
  what: string;
  resources: number;
  preview: number;
  up: number;
}

async function seconds(act: () => Promise<{ exitCode: number; stdout: string }>): Promise<number> {
  const start = performance.now();
  const { exitCode, stdout } = await act();
  if (exitCode !== 0) throw new Error(stdout.slice(-2000));
  return (performance.now() - start) / 1000;
}

async function measure(
  what: string,
  prepare: (stack: Rehearsal) => Promise<unknown>,
): Promise<[Row, Operation[]]> {
  const stack = await Rehearsal.open({}, { MCPGW_OFFLINE_LATENCY: '0' });
  try {
    await prepare(stack);
    const preview = await seconds(() => stack.preview());
    const up = await seconds(() => stack.up());
    const operations = stack.operations().filter(({ op }) => op === 'create');
    return [{ what, resources: operations.length, preview, up }, operations];
  } finally {
    await stack.close();
  }
}

/** As many custom resources with the same inputs, in a plain loop: no components, no policies to make, no plan. */
async function bare(operations: readonly Operation[]): Promise<Row> {
  const [row] = await measure('bare program', async (stack) => {
    const file = path.join(stack.backend.folder, 'bare.json');
    await writeFile(file, JSON.stringify(operations));
    const project = `name: mcpgw\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: bare.mjs\n`;
    await writeFile(path.join(stack.backend.project, 'Pulumi.yaml'), project);
    await writeFile(path.join(stack.backend.project, 'package.json'), '{"type":"module"}');
    // The language host looks for the SDK from the project's folder.
    await symlink(path.join(ROOT, 'node_modules'), path.join(stack.backend.project, 'node_modules'));
    const pulumi = pathToFileURL(path.join(ROOT, 'node_modules', '@pulumi', 'pulumi', 'index.js')).href;
    await writeFile(path.join(stack.backend.project, 'bare.mjs'), bareProgram(pulumi, file));
    stack.cwd = stack.backend.project;
  });
  return row;
}

function planTime(servers: number): number {
  const entries = manyServers(servers).map((server) => [server.id, syntheticEntry(server)] as const);
  const settings = parseSettings(
    'bench',
    { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' } },
    'bench',
  );
  const start = performance.now();
  createPlan(
    { source: { formatVersion: 1, type: 'folder' }, servers: Object.fromEntries(entries) },
    settings,
  );
  return (performance.now() - start) / 1000;
}

const [ours, operations] = await measure('all servers', (stack) => stack.copyManifest());
const rows = [ours, await bare(operations)];
rows.push((await measure('120 made-up servers', (stack) => stack.manifest(manyServers(120))))[0]);
if (process.argv.includes('--large')) {
  rows.push((await measure('500 made-up servers', (stack) => stack.manifest(manyServers(500))))[0]);
}
console.table(
  rows.map(({ what, resources, preview, up }) => ({
    what,
    resources,
    'preview s': preview.toFixed(1),
    'up s': up.toFixed(1),
    'up ms a resource': ((up / resources) * 1000).toFixed(1),
  })),
);
console.log(`plan of 500 servers: ${planTime(500).toFixed(2)} s`);
