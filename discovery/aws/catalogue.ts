/**
 * What AWS has: botocore's services and operations, IAM's actions. Reads the generated tables (see generate.ts) once, lazily:
 * a service's line is taken apart when it is first asked for.
 */
import { readFileSync } from 'node:fs';
import type { ActionEntry } from '../../plan/manifest.ts';
import { METHODS } from './methods.ts';

export interface Operation {
  name: string;
  /** Full IAM actions (`s3:ListBucket`); empty when the call needs none; undefined when none is known. */
  actions: string[] | undefined;
  /** Input members that pass a role to the service. */
  roles: string[];
}

export interface Action {
  access: ActionEntry['access'];
  resources: string[];
}

interface Service {
  prefix: string;
  /** What botocore's monitoring events call it: `Elastic Load Balancing v2`. */
  id: string;
  /** By method name without underscores. */
  operations: Map<string, Operation>;
  /** Waiter to operation, both without underscores. */
  waiters: Map<string, string>;
}

class Catalogue {
  readonly botocore: string;
  readonly #lines: Record<string, string>;
  readonly #prefixes: Record<string, Record<string, string>>;
  readonly #services = new Map<string, Service | undefined>();
  readonly #actions = new Map<string, Map<string, Action>>();
  #dependents: Record<string, string> | undefined;
  #ids: Map<string, string> | undefined;

  constructor() {
    const operations = readTable('operations.json') as { source: string; services: Record<string, string> };
    this.botocore = operations.source;
    this.#lines = operations.services;
    this.#prefixes = (
      readTable('actions.json') as { prefixes: Record<string, Record<string, string>> }
    ).prefixes;
  }

  /** The IAM prefix of a botocore service, undefined for a service that does not exist. */
  prefix(service: string): string | undefined {
    return this.#service(service)?.prefix;
  }

  /** The operation behind a client's method (`list_objects_v2`) or by its own name (`ListObjectsV2`). */
  operation(service: string, method: string): Operation | undefined {
    return this.#service(service)?.operations.get(squeeze(method));
  }

  /** The operation that a waiter (`instance_running`) asks for. */
  waiter(service: string, name: string): Operation | undefined {
    const operation = this.#service(service)?.waiters.get(squeeze(name));
    return operation === undefined ? undefined : this.operation(service, operation);
  }

  /** The service behind a service id, as monitoring events name it. */
  serviceById(id: string): string | undefined {
    this.#ids ??= new Map(Object.keys(this.#lines).map((name) => [this.#service(name)?.id ?? name, name]));
    return this.#ids.get(id);
  }

  operations(service: string): Operation[] {
    return [...(this.#service(service)?.operations.values() ?? [])];
  }

  /** An IAM action by its full name, undefined for one that IAM does not have. */
  action(name: string): Action | undefined {
    const [prefix = '', action = ''] = name.split(':');
    return this.#actionsOf(prefix).get(action);
  }

  /** Actions that AWS asks of the caller of an action beside it, some of them only under a condition (see dependents.ts). */
  dependents(action: string): string[] {
    this.#dependents ??= (readTable('dependents.json') as { prefixes: Record<string, string> }).prefixes;
    const [prefix = '', name = ''] = action.split(':');
    const line = ` ${own(this.#dependents, prefix) ?? ''} `;
    const start = line.indexOf(` ${name}=`);
    if (start < 0 || name === '') return [];
    const from = start + name.length + 2;
    return line.slice(from, line.indexOf(' ', from)).split(',');
  }

  /** All actions of a prefix, by their names without it. */
  #actionsOf(prefix: string): Map<string, Action> {
    const known = this.#actions.get(prefix);
    if (known !== undefined) return known;
    const { arns = '', ...levels } = own(this.#prefixes, prefix) ?? {};
    const formats = arns.split(' ');
    const actions = new Map<string, Action>();
    for (const [access, names] of Object.entries(levels))
      for (const entry of names.split(' ')) {
        const [name = '', numbers] = entry.split('@');
        const resources = numbers?.split(',').flatMap((number) => formats[Number(number)] ?? []) ?? [];
        actions.set(name, { access: access as Action['access'], resources });
      }
    this.#actions.set(prefix, actions);
    return actions;
  }

  #service(name: string): Service | undefined {
    if (!this.#services.has(name)) this.#services.set(name, parseService(name, own(this.#lines, name)));
    return this.#services.get(name);
  }
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function parseService(service: string, line: string | undefined): Service | undefined {
  if (line === undefined) return undefined;
  const [head = '', ...entries] = line.split(' ');
  const [prefix = '', id = service] = head.split('#');
  const operations = new Map<string, Operation>();
  const waiters = new Map<string, string>();
  for (const [method, actions] of Object.entries(own(METHODS, service) ?? {}))
    operations.set(squeeze(method), { name: method, actions: [...actions], roles: [] });
  for (const entry of entries) {
    if (entry.startsWith('~')) {
      const [waiter = '', operation = ''] = entry.slice(1).split('=');
      waiters.set(squeeze(waiter), operation);
      continue;
    }
    const [spelt = '', roles] = entry.split('!');
    const [name = '', renamed] = spelt.split('=');
    operations.set(squeeze(name), {
      name,
      actions: actionsOf(prefix, name, renamed),
      roles: roles?.split(',') ?? [],
    });
  }
  return { prefix, id: id.replaceAll('_', ' '), operations, waiters };
}

function actionsOf(prefix: string, name: string, renamed: string | undefined): string[] | undefined {
  if (renamed === '?') return undefined;
  if (renamed === '-') return [];
  return (renamed ?? name).split('+').map((action) => `${prefix}:${action}`);
}

/** botocore's snake_case of an operation has special cases; without underscores and case, both sides agree. */
function squeeze(method: string): string {
  return method.replaceAll('_', '').toLowerCase();
}

function readTable(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

let shared: Catalogue | undefined;

export function awsCatalogue(): Catalogue {
  shared ??= new Catalogue();
  return shared;
}
export type { Catalogue };
