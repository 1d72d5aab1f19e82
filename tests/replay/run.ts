/**
 * `npm run replay [-- FILE]`: the largest stack, with every block on and every server, is brought up and destroyed by
 * the real engine; each operation is written out as the calls to AWS that the provider makes for it, and these are
 * played in order to moto's server through botocore. It fails when a call is out of order, when botocore, a service's
 * model or moto refuses one, or when something is left. FILE gets the calls as they were sent, a line each.
 */
import { writeFile } from 'node:fs/promises';
import { startMoto } from '../integration/s3-question/moto.ts';
import { Botocore } from './botocore.ts';
import { LIFECYCLES } from './calls/index.ts';
import { disorder } from './order.ts';
import { References } from './references.ts';
import { type Played, Replay } from './replay.ts';
import { type Call, deletionOf, scriptOf, survivorsOf } from './script.ts';
import { liveOnce } from './stack.ts';
import { leftovers, notInMoto, refusals, tableOf } from './verdict.ts';
import { worldBefore } from './world.ts';

const { settings, up, destroy } = await liveOnce();
const script = scriptOf([...up, ...destroy]);
/** What the stack keeps when it goes, and how a person would remove it: the newest first. */
const kept = survivorsOf([...up, ...destroy]);
const byHand = kept.toReversed().flatMap(deletionOf);
const types = new Set(up.map(({ type }) => type));
const absent = Object.keys(LIFECYCLES).filter((type) => !types.has(type));

const moto = await startMoto();
const botocore = await Botocore.start(moto.python, moto.url, String(settings['aws:region']));
try {
  const replay = new Replay(botocore, new References(script.map(({ of }) => of)));
  const world = await replay.play(worldBefore(settings, script));
  const unready = world.filter(({ answer }) => answer.outcome !== 'done');
  if (unready.length > 0) throw new Error(`no account to begin with: ${JSON.stringify(unready)}`);
  const before = await replay.list();
  const [creations, deletions] = [script.filter(isCreation), script.filter((call) => !isCreation(call))];
  const made = await replay.play(creations);
  const gone = await replay.play(deletions);
  const after = await replay.list();
  const removed = await replay.play(byHand);
  const atLast = await replay.list();
  const real = (text: string) => replay.realOf(text);
  const findings = [
    ...absent.map((type) => `not in the stack: ${type}`),
    ...disorder([...script, ...byHand]),
    ...refusals([...made, ...gone, ...removed]),
    ...leftovers(before, after, kept, real),
    ...leftovers(before, atLast, [], real).map((line) => `removed by hand, and still ${line}`),
  ];
  report(
    made,
    [...gone, ...removed],
    [...after].flatMap(([{ service, operation }, ids]) => (ids ? [] : [`${service} ${operation}`])),
  );
  for (const finding of findings) console.log(`FOUND ${finding}`);
  console.log(findings.length === 0 ? 'in order, all valid, nothing left' : `${findings.length} findings`);
  await write(process.argv[2], [...made, ...gone, ...removed]);
  process.exitCode = findings.length === 0 ? 0 : 1;
} finally {
  await botocore.close();
  await moto.close();
}

function isCreation({ op }: Call): boolean {
  return op === 'create';
}

function report(made: Played<Call>[], gone: Played<Call>[], unlisted: string[]): void {
  console.log(`${up.length} resources of ${types.size} types, botocore ${botocore.version}, moto\n`);
  console.log(`${tableOf(made, gone)}\n`);
  const absences = Object.entries(notInMoto([...made, ...gone]));
  console.log('Not in moto, so valid by the models only, with ids as the stand-in gave them:');
  for (const [operation, count] of absences) console.log(`- ${operation} x ${count}`);
  if (unlisted.length > 0) console.log(`- cannot be listed: ${unlisted.join(', ')}`);
  console.log('\nKept by the stack when it was destroyed (records outlive it), then removed by hand:');
  for (const { type, id } of kept) console.log(`- ${type} ${id}`);
  console.log('');
}

async function write(file: string | undefined, played: readonly Played<Call>[]): Promise<void> {
  if (!file) return;
  const lines = played.map(({ call: { service, operation }, params }) =>
    JSON.stringify({ service, operation, params }),
  );
  await writeFile(file, `${lines.join('\n')}\n`);
}
