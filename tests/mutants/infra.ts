/**
 * `npm run mutants:infra`: brings the stack with everything on up offline, spoils what it recorded, one resource of each
 * type and every policy, and judges each mutant by the stand-in's referees and the house rules. A mutant that nothing
 * catches is named, and fails the run.
 */
import { readReferees } from '../../offline/plugin/referees.ts';
import { type Recorded, violations } from '../../offline/policy.ts';
import { EVERYTHING, operationsOf } from '../engine/support/committed.ts';
import { mutantsOf, recorded, samples, survives } from '../engine/support/mutants.ts';
import { widenedOf } from '../engine/support/widened.ts';

const referees = readReferees();
const operations = await operationsOf(EVERYTHING);
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
