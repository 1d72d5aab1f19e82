/**
 * The projection's laws on every tool of a manifest with definitions, on arguments drawn from its own schema:
 * `npm run fuzz:definitions [MANIFEST [CASES]]`, 100 cases a tool by default (about three minutes for all 978).
 * Prints what was tried, the tools for which no valid arguments were drawn, and every counterexample; then exit code 1.
 */
import fc from 'fast-check';
import { readDefinitions, readManifest } from '../../store/manifest.ts';
import { lawsOfTool } from '../unit/plan/projection-properties.ts';

const [folder = 'manifest', cases = '100'] = process.argv.slice(2);
const { servers } = await readManifest(folder);
const total = { tools: 0, compared: 0, narrowed: 0 };
const uncompared: string[] = [];

function failed(what: string, more?: unknown): void {
  console.log(`FAILED ${what}`, more === undefined ? '' : JSON.stringify(more));
  process.exitCode = 1;
}

for (const entry of Object.values(servers)) {
  if (Object.keys(entry.tools ?? {}).length === 0) continue;
  for (const definition of await readDefinitions(folder, entry)) {
    const name = `${entry.id}/${definition.name}`;
    const counts = { compared: 0 };
    const laws = lawsOfTool(definition, counts);
    if (!laws.legal) failed(`${name}: the gateway would refuse it`);
    if (!laws.settled) failed(`${name}: projecting twice changes it`);
    const { failed: found, counterexample } = fc.check(laws.validStaysValid, {
      numRuns: Number(cases),
      maxSkipsPerRun: 50,
    });
    if (found && counterexample !== null)
      failed(`${name}: valid arguments that the projection refuses`, counterexample);
    if (counts.compared === 0) uncompared.push(name);
    total.tools += 1;
    total.compared += counts.compared;
    if (laws.narrowed) total.narrowed += 1;
  }
}
console.log(
  `${total.tools} tools, ${total.compared} arguments compared, ${total.narrowed} tools with a parameter that the loss report calls narrowed`,
);
console.log(`no valid arguments drawn for ${uncompared.length}: ${uncompared.join(', ')}`);
