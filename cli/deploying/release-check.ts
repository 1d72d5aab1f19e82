/**
 * No older commit over a newer one: a pipeline's run that waited for its approval must not undo what a later run
 * deployed. The stack's own output says which commit it holds; going back is done on purpose, or not at all.
 */
import { z } from 'zod';
import { type Release, releaseOf, type Standing, standingTo } from '../../store/release.ts';
import type { Check, PreflightProblem } from './preflight.ts';

const outputs = z.object({
  release: z.object({ commit: z.string().regex(/^[0-9a-f]{40,64}$/), committed: z.string() }),
});

export function releaseCheck(root: string): Check {
  return {
    name: 'commit',
    async run({ plan, state }) {
      const held = outputs.safeParse(state?.outputs).data?.release;
      if (!held) return [];
      const [own, standing] = await Promise.all([releaseOf(root), standingTo(root, held.commit)]);
      return judgeRelease(held, own, standing, plan.settings.protect);
    },
  };
}

/** On a protected stack nothing else than what follows is deployed; elsewhere branches may take turns. */
export function judgeRelease(
  held: Release,
  own: Release | undefined,
  standing: Standing,
  isProtected: boolean,
): Omit<PreflightProblem, 'check'>[] {
  const holds = `the stack holds commit ${short(held)}`;
  if (!own)
    return [{ message: `${holds}, this folder is of no commit`, hint: `deploy from a clone, or ${ANYWAY}` }];
  if (standing === 'follows') return [];
  if (standing === 'precedes') {
    const hint = `deploy the newer one; to go back on purpose, ${ANYWAY}`;
    return [{ message: `${holds}, which is newer than this one (${short(own)})`, hint }];
  }
  const isNewer = Date.parse(held.committed) > Date.parse(own.committed);
  if (!isProtected && !(standing === 'unknown' && isNewer)) return [];
  const [what, hint] = {
    apart: ['which this one does not contain', `merge it, or ${ANYWAY}`] as const,
    unknown: [
      'which this clone does not know',
      `fetch it (\`git fetch --unshallow\`), or ${ANYWAY}`,
    ] as const,
  }[standing];
  return [{ message: `${holds}, ${what} (${short(own)})`, hint }];
}

const ANYWAY = 'add --roll-back';

function short({ commit, committed }: Release): string {
  return `${commit.slice(0, 12)} of ${committed}`;
}
