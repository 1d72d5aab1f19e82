/**
 * `npm run mutants:infra`: brings the stack with everything on up offline, spoils what it recorded, one resource of each
 * type and every policy, and judges each mutant by the stand-in's referees and the house rules. A mutant that nothing
 * catches is named, and fails the run.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { readReferees } from '../../offline/plugin/referees.ts';
import { type Recorded, violations } from '../../offline/policy.ts';
import { mutantsOf, recorded, samples, survives } from '../engine/support/mutants.ts';
import { Rehearsal, ROOT } from '../engine/support/rehearsal.ts';
import { widenedOf } from '../engine/support/widened.ts';

const STACK = 'tests/engine/support/Pulumi.everything.yaml';
const referees = readReferees();
const operations = await bringUp();
const resources = recorded(operations);
const clean = violations(resources, referees.schema);
if (clean.length > 0) throw new Error(`not clean without any mutation:\n${clean.join('\n')}`);

const survivors: string[] = [];
console.log('| type | wrong fields | dropped required | widened actions | survived |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const sample of samples(operations)) {
  const mutants = mutantsOf(sample, referees);
  const widened = resources.filter(({ type }) => type === sample.type).flatMap(widenedOf);
  const missed = [
    ...mutants.filter(survives).map(({ what }) => what),
    ...widened.filter(({ resource }) => !isRefused(resource)).map(({ what }) => what),
  ];
  const dropped = mutants.filter(({ what }) => what.endsWith(' left out')).length;
  console.log(
    `| ${[sample.type, mutants.length - dropped, dropped, widened.length, missed.length].join(' | ')} |`,
  );
  survivors.push(...missed.map((what) => `${sample.type}: ${what}`));
}
for (const survivor of new Set(survivors)) console.log(`SURVIVED ${survivor}`);
process.exitCode = survivors.length === 0 ? 0 : 1;

function isRefused(mutant: Recorded): boolean {
  const stack = resources.map((resource) => (resource.urn === mutant.urn ? mutant : resource));
  return violations(stack, referees.schema).some((line) => line.startsWith('no wildcard action: '));
}

async function bringUp() {
  const file = await readFile(path.join(ROOT, STACK), 'utf8');
  const { config } = parse(file) as { config: Record<string, unknown> };
  const stack = await Rehearsal.open(config, {
    MCPGW_MANIFEST: path.join(ROOT, 'manifest'),
    MCPGW_OFFLINE_LATENCY: '0',
  });
  try {
    const { exitCode, stdout, stderr } = await stack.up();
    if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
    return stack.operations();
  } finally {
    await stack.close();
  }
}
