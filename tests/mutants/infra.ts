/**
 * `npm run mutants:infra`: brings stacks up offline that together make every type of resource, spoils what they recorded,
 * one resource of each type and every policy, and judges each mutant by the stand-in's referees and the house rules. A
 * mutant that nothing catches is named, and fails the run; so does a type that none of the stacks made.
 */
import { readReferees } from '../../offline/plugin/referees.ts';
import { type Recorded, violations } from '../../offline/policy.ts';
import { ALL_TYPES, operationsOf } from '../engine/support/committed.ts';
import { mutantsOf, recorded, samples, survives } from '../engine/support/mutants.ts';
import { widenedOf } from '../engine/support/widened.ts';

interface Row {
  wrong: number;
  dropped: number;
  widened: number;
  survived: string[];
}

const referees = readReferees();
const rows = new Map<string, Row>(
  Object.keys(referees.schema.resources).map((type) => [
    type,
    { wrong: 0, dropped: 0, widened: 0, survived: [] },
  ]),
);
for (const [name, stack] of ALL_TYPES) {
  const operations = await operationsOf(stack);
  const resources = recorded(operations);
  const clean = violations(resources, referees.schema);
  if (clean.length > 0) throw new Error(`${name} is not clean without any mutation:\n${clean.join('\n')}`);
  for (const sample of samples(operations)) addMutants(name, sample, resources);
}
report();

function addMutants(name: string, sample: Recorded, resources: readonly Recorded[]): void {
  const row = rows.get(sample.type);
  if (!row) throw new Error(`the stand-in made a ${sample.type} that it does not know`);
  const mutants = mutantsOf(sample, referees);
  const widened = resources.filter(({ type }) => type === sample.type).flatMap(widenedOf);
  const dropped = mutants.filter(({ what }) => what.endsWith(' left out')).length;
  const missed = [
    ...mutants.filter(survives).map(({ what }) => what),
    ...widened.filter(({ resource }) => !isRefused(resource, resources)).map(({ what }) => what),
  ];
  row.wrong += mutants.length - dropped;
  row.dropped += dropped;
  row.widened += widened.length;
  row.survived.push(...missed.map((what) => `${sample.type} of ${name}: ${what}`));
}

function isRefused(mutant: Recorded, resources: readonly Recorded[]): boolean {
  const stack = resources.map((resource) => (resource.urn === mutant.urn ? mutant : resource));
  return violations(stack, referees.schema).some((line) => line.startsWith('no wildcard action: '));
}

function report(): void {
  console.log('| type | wrong fields | dropped required | widened actions | survived |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const [type, { wrong, dropped, widened, survived }] of rows)
    console.log(`| ${[type, wrong, dropped, widened, survived.length].join(' | ')} |`);
  const unmade = [...rows].filter(([, { wrong }]) => wrong === 0).map(([type]) => type);
  const survivors = [...new Set([...rows.values()].flatMap(({ survived }) => survived))];
  for (const type of unmade) console.log(`NOT MADE by any stack: ${type}`);
  for (const survivor of survivors) console.log(`SURVIVED ${survivor}`);
  process.exitCode = unmade.length + survivors.length === 0 ? 0 : 1;
}
