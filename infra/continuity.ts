/**
 * What an update must not do to a stack that exists. A program cannot see the old state, but a stack's outputs say
 * what it was at its last update; they are compared before anything is registered.
 */
import * as pulumi from '@pulumi/pulumi';
import { McpgwError } from '../plan/errors.ts';
import type { Identity } from '../plan/identity.ts';
import { LIMITS } from '../plan/names.ts';

/** Refuses with every reason at once. `allowReplace` is the settings' word for: yes, with another URL. */
export function requireContinuity(before: Identity | undefined, now: Identity, allowReplace: boolean): void {
  if (!before) return;
  const replaced = allowReplace ? [] : replacements(before, now);
  const crowded = overfull(before, now);
  if (replaced.length + crowded.length === 0) return;
  const hints = [
    ...(replaced.length > 0
      ? ['agents lose their gateway’s URL; if that is meant, set `allowReplace: true` under mcpgw:gateway']
      : []),
    ...(crowded.length > 0
      ? ['Pulumi makes new targets before it deletes old ones: remove servers in one update, add in the next']
      : []),
  ];
  throw new McpgwError(
    'plan-refused',
    `this update is refused:\n  ${[...replaced, ...crowded].join('\n  ')}`,
    {
      hint: hints.join('\n'),
    },
  );
}

function replacements(before: Identity, now: Identity): string[] {
  if (before.region !== now.region)
    return [`every gateway would move from ${before.region} to ${now.region}`];
  return Object.entries(before.gateways).flatMap(([name, old]) => {
    const gateway = now.gateways[name];
    if (!gateway) return [`gateway ${name} would be deleted`];
    return gateway.search === old.search
      ? []
      : [`gateway ${name} would be made anew: its search would turn from ${old.search} to ${gateway.search}`];
  });
}

function overfull(before: Identity, now: Identity): string[] {
  if (before.region !== now.region) return [];
  return Object.entries(now.gateways).flatMap(([name, { targets }]) => {
    const most = new Set([...targets, ...(before.gateways[name]?.targets ?? [])]).size;
    return most > LIMITS.targetsPerGateway
      ? [`gateway ${name} would have ${most} targets on the way, it takes ${LIMITS.targetsPerGateway}`]
      : [];
  });
}

/** Of the stack's last update; undefined when there was none. An invoke, not a StackReference: it leaves no trace in the state. */
export async function identityOfLastUpdate(): Promise<Identity | undefined> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const answer = (await pulumi.runtime.invoke('pulumi:pulumi:readStackOutputs', { name })) as {
    outputs?: { identity?: Identity };
  };
  return answer.outputs?.identity;
}
