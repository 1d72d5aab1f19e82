/** What a stack's policy cannot say, or what the policy engine would not take. */
import { areToolsetsGateways, clientNames } from '../admission.ts';
import { gatewayUnits } from '../gateways.ts';
import { matchesGlobs } from '../globs.ts';
import { didYouMean } from '../nearest.ts';
import type { Settings } from '../settings/settings.ts';
import type { Problem, TargetPlan } from '../types.ts';
import { permitsOf, policiesOf } from './policy.ts';
import { cedarSchema } from './schema.ts';

/** Of one policy engine (developer guide: Limitations). */
const LIMITS = { policies: 1_000, text: 200_000, schema: 400_000 };

export function policyProblems(settings: Settings, targets: readonly TargetPlan[]): Problem[] {
  if (!settings.policy) return [];
  return [...existingGateway(settings), ...unknownNames(settings, targets), ...tooLarge(settings, targets)];
}

function existingGateway({ gateway }: Settings): Problem[] {
  if (!gateway.existing) return [];
  return [
    {
      at: 'policy',
      message: 'an existing gateway keeps the policy engine of its owner',
      hint: 'take out policy or gateway.existing',
      kind: 'invalid',
    },
  ];
}

function unknownNames(settings: Settings, targets: readonly TargetPlan[]): Problem[] {
  const servers = targets.map(({ server }) => server);
  const tools = targets.flatMap((target) => target.tools.map(({ name }) => name));
  const toolsets = Object.keys(settings.toolsets);
  const clients = settings.auth.type === 'cognito' ? clientNames(settings) : undefined;
  const permits = settings.policy?.permits ?? [];
  return permits.flatMap((permit, index) => {
    const check = (key: 'clients' | 'toolsets', known: readonly string[] | undefined) =>
      (permit[key] ?? [])
        .filter((name) => known && !known.includes(name))
        .map((name) => unknown(`policy.permits[${index}].${key}`, name, known ?? []));
    const match = (key: 'servers' | 'tools', known: readonly string[]) =>
      (permit[key] ?? [])
        .filter((glob) => !known.some((name) => matchesGlobs(name, [glob])))
        .map((glob) => unknown(`policy.permits[${index}].${key}`, glob, known));
    return [
      ...check('clients', clients),
      ...check('toolsets', toolsets),
      ...match('servers', servers),
      ...match('tools', tools),
    ];
  });
}

function unknown(at: string, name: string, known: readonly string[]): Problem {
  return {
    at,
    message: `the stack has no ${name}`,
    hint: didYouMean(name, known, `it has ${known.slice(0, 8).join(', ') || 'none'}`),
    kind: 'invalid',
  };
}

function tooLarge(settings: Settings, targets: readonly TargetPlan[]): Problem[] {
  return gatewayUnits(settings, targets).flatMap((unit) => {
    const policies = policiesOf(permitsOf(settings, unit) ?? []);
    // A statement's actions are nearly all of its text.
    const text = policies.reduce(
      (sum, { actions }) => sum + actions.join('').length + actions.length * 30,
      0,
    );
    const sizes = [
      ['policies', policies.length] as const,
      ['text', text] as const,
      ['schema', JSON.stringify(cedarSchema(unit.targets)).length] as const,
    ];
    return sizes
      .filter(([key, size]) => size > LIMITS[key])
      .map(
        ([key, size]): Problem => ({
          at: 'policy',
          message: `the policy engine of gateway ${unit.name} would hold ${size} ${key === 'policies' ? key : `bytes of ${key}`}, it takes ${LIMITS[key]}`,
          hint: areToolsetsGateways(settings)
            ? 'fewer servers a gateway: gateway.shards, or a toolset each'
            : 'toolsets as gateways: policy.toolsets: gateways',
          kind: 'refused',
        }),
      );
  });
}
