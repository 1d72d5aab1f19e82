/**
 * The projection's laws on many schemas: `npm run fuzz:plan [CASES]`, 20,000 cases by default (about five minutes on
 * two cores). Prints what was tried; a counterexample ends it with its seed and exit code 1.
 */
import fc from 'fast-check';
import {
  alwaysLegal,
  junkIsProjectedToo,
  projectingTwiceChangesNothing,
  validStaysValid,
} from '../unit/plan/projection-properties.ts';

const numRuns = Number(process.argv[2] ?? 20_000);
const counts = { compared: 0 };
const laws = {
  alwaysLegal,
  projectingTwiceChangesNothing,
  junkIsProjectedToo,
  validStaysValid: validStaysValid(counts),
};

for (const [law, property] of Object.entries(laws)) {
  const result = fc.check(property as fc.IProperty<unknown>, { numRuns, maxSkipsPerRun: 1000 });
  console.log(
    `${law}: ${result.numRuns} cases, ${result.numSkips} skipped, ${result.failed ? 'FAILED' : 'held'}`,
  );
  if (result.failed) {
    console.log(
      JSON.stringify(result.counterexample, undefined, 1),
      `seed ${result.seed}, path ${result.counterexamplePath}`,
    );
    process.exitCode = 1;
  }
}
console.log(`arguments compared under original and projection: ${counts.compared}`);
