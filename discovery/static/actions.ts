/** From the AWS calls that code makes to the IAM actions it needs, with the other actions those depend on. */
import type { ActionEntry, ConditionalAction } from '../../plan/manifest.ts';
import { awsCatalogue } from '../aws/catalogue.ts';
import { needOf } from '../aws/dependents.ts';
import { DEPENDENTS, UNBOUNDED } from '../aws/libraries.ts';
import { receiversOf } from '../aws/passing.ts';
import type { Use } from './reach.ts';

export interface DerivedActions {
  actions: Record<string, ActionEntry>;
  /** What AWS asks of the caller only under a condition that no source tells. */
  conditional: Record<string, ConditionalAction>;
  unresolved: string[];
}

const PASS_ROLE = 'iam:PassRole';

/** `words`: names that occur in the package's code; a role is passed only where its member is spelt. */
export function deriveActions(uses: readonly Use[], words: ReadonlySet<string>): DerivedActions {
  return new Derivation(words).of(uses);
}

class Derivation {
  readonly #words: ReadonlySet<string>;
  readonly #found = new Map<string, Set<string>>();
  readonly #receivers = new Set<string>();
  readonly #conditional = new Map<string, { from: Set<string>; when: Set<string> }>();
  readonly #unresolved = new Set<string>();

  constructor(words: ReadonlySet<string>) {
    this.#words = words;
  }

  of(uses: readonly Use[]): DerivedActions {
    const free = new Set<string>();
    for (const use of uses) {
      const needed = neededBy(use);
      if (needed.actions === undefined)
        this.#unresolved.add(`no IAM action is known for ${use.service} ${use.operation} (${use.from})`);
      for (const action of needed.actions ?? []) {
        this.#add(action, use.from);
        if (use.free) free.add(action);
      }
      this.#pass(use, needed);
    }
    for (const action of [...this.#found.keys()]) this.#depend(action, free.has(action));
    return this.#derived();
  }

  #add(action: string, from: string): void {
    const known = this.#found.get(action);
    if (known) known.add(from);
    else this.#found.set(action, new Set([from]));
  }

  /** A role that the call hands to a service, which may then act with it. */
  #pass({ free }: Use, { actions = [], roles }: Needed): void {
    const [first] = actions;
    if (first === undefined) return;
    const prefix = first.slice(0, first.indexOf(':'));
    const members = roles.filter((member) => free || this.#words.has(member));
    const receivers = members.flatMap((member) => receiversOf(prefix, member));
    // Some roles stand in values of a map of attributes: only AWS's table knows of them.
    if (free && roles.length === 0 && awsCatalogue().dependents(first).includes(PASS_ROLE))
      receivers.push(...receiversOf(prefix));
    for (const receiver of receivers) this.#receivers.add(receiver);
    if (receivers.length > 0) this.#add(PASS_ROLE, `depends:${first}`);
  }

  #depend(action: string, free: boolean): void {
    for (const dependent of DEPENDENTS[action] ?? []) this.#add(dependent, `depends:${action}`);
    for (const dependent of awsCatalogue().dependents(action)) {
      if (dependent === PASS_ROLE) continue;
      const need = needOf(action, dependent);
      if (need.kind === 'condition') this.#offer(dependent, `depends:${action}`, need.when);
      else if (need.kind === 'always' || free || need.members.some((member) => this.#words.has(member)))
        this.#add(dependent, `depends:${action}`);
    }
    const words = UNBOUNDED[action];
    if (words !== undefined) this.#unresolved.add(`${action} ${words}, with the permissions of its caller`);
  }

  #offer(action: string, from: string, when: string): void {
    const known = this.#conditional.get(action) ?? { from: new Set(), when: new Set() };
    known.from.add(from);
    known.when.add(when);
    this.#conditional.set(action, known);
  }

  /** Only real actions of IAM; anything else is told in words. */
  #derived(): DerivedActions {
    const actions: DerivedActions['actions'] = {};
    for (const [name, from] of sorted(this.#found)) {
      const entry = entryOf(name, from);
      if (entry === undefined) this.#unresolved.add(`${name} is no IAM action (${[...from].sort()[0]})`);
      else if (name === PASS_ROLE && this.#receivers.size > 0)
        actions[name] = { ...entry, passedTo: [...this.#receivers].sort() };
      else actions[name] = entry;
    }
    const conditional: DerivedActions['conditional'] = {};
    for (const [name, { from, when }] of sorted(this.#conditional)) {
      const entry = actions[name] ? undefined : entryOf(name, from);
      if (entry) conditional[name] = { ...entry, when: [...when].sort().join('; ') };
    }
    return { actions, conditional, unresolved: [...this.#unresolved].sort() };
  }
}

interface Needed {
  actions: readonly string[] | undefined;
  roles: readonly string[];
}

function neededBy(use: Use): Needed {
  if (use.actions) return { actions: use.actions, roles: [] };
  const operation = awsCatalogue().operation(use.service, use.operation);
  return { actions: operation?.actions, roles: operation?.roles ?? [] };
}

function entryOf(name: string, from: ReadonlySet<string>): ActionEntry | undefined {
  const action = awsCatalogue().action(name);
  if (action === undefined) return undefined;
  return {
    access: action.access,
    from: [...from].sort(),
    ...(action.resources.length > 0 ? { resources: action.resources } : {}),
  };
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
