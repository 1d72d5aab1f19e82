/** Servers that generate tools from boto3: no source names the operations, but the tools that the probe lists do. */
import type { ActionEntry } from '../../plan/manifest.ts';
import { awsCatalogue } from '../aws/catalogue.ts';
import { deriveActions } from './actions.ts';
import type { StaticFacts } from './index.ts';
import type { Use } from './reach.ts';

/** The facts, with the actions of tools that are generated from a service's operations. Without such services: unchanged. */
export function coverToolNames(facts: StaticFacts, names: readonly string[]): StaticFacts {
  const known = new Set(facts.tools.map((tool) => tool.name));
  const generated = names.filter((name) => !known.has(name));
  const actions = { ...facts.actions };
  const conditional = { ...facts.conditional };
  const tools = [...facts.tools];
  const covered = new Set<string>();
  // Generated tools share the checks that the source makes before an operation; they read.
  const checks = Object.entries(facts.actions)
    .filter(
      ([, { access, from }]) => isReading(access) && from.some((where) => !where.startsWith('depends:')),
    )
    .map(([action]) => action);
  for (const name of generated) {
    const uses = facts.generated.flatMap((service) => usesOf(service, name));
    if (uses.length === 0) continue;
    for (const use of uses) covered.add(use.service);
    const derived = deriveActions(uses, new Set());
    join(actions, derived.actions);
    join(conditional, derived.conditional);
    tools.push({
      name,
      from: `tool:${name}`,
      actions: [...new Set([...Object.keys(derived.actions), ...checks])].sort(),
    });
  }
  for (const action of Object.keys(actions)) delete conditional[action];
  return {
    ...facts,
    actions: sorted(actions),
    conditional: sorted(conditional),
    tools: tools.sort((a, b) => (a.name < b.name ? -1 : 1)),
    unresolved: facts.unresolved.filter(
      (words) => ![...covered].some((service) => words.startsWith(`calls operations of ${service} by names`)),
    ),
  };
}

function join<T extends ActionEntry>(into: Record<string, T>, more: Readonly<Record<string, T>>): void {
  for (const [action, entry] of Object.entries(more)) {
    const before = into[action];
    const passedTo = merged(before?.passedTo, entry.passedTo);
    into[action] = before
      ? { ...before, from: merged(before.from, entry.from), ...(passedTo.length > 0 ? { passedTo } : {}) }
      : entry;
  }
}

function merged(some: readonly string[] = [], others: readonly string[] = []): string[] {
  return [...new Set([...some, ...others])].sort();
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `add_sqs_permission` is AddPermission of sqs: generators put the service in where two services clash. */
function usesOf(service: string, name: string): Use[] {
  const operation =
    awsCatalogue().operation(service, name) ??
    (name.includes(`_${service}_`)
      ? awsCatalogue().operation(service, name.replace(`_${service}_`, '_'))
      : undefined);
  return operation ? [{ service, operation: operation.name, from: `tool:${name}`, free: true }] : [];
}

function isReading(access: ActionEntry['access'] | undefined): boolean {
  return access === 'Read' || access === 'List';
}
