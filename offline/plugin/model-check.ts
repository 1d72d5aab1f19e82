/**
 * Checks a resource's inputs against AWS's own service models: patterns, lengths, enums, required members.
 * Members are found by name without case and plural, as the provider's names differ from the API's only so; the rest
 * is in schema/mappings.ts.
 */
import type { Mapping, ServiceModel, ServiceModels, Shape } from '../schema/service-types.ts';
import type { Failure } from './type-check.ts';
import { isObject, UNKNOWN, type Value, type Values } from './values.ts';

export interface Judgement {
  failures: Failure[];
  /** Property paths that no model says anything about. */
  unjudged: string[];
}

export function checkModel(models: ServiceModels, mapping: Mapping, inputs: Values): Judgement {
  const model = models.services[mapping.service];
  if (!model) throw new Error(`no model of ${mapping.service}`);
  return new Judge(model).top(mapping, inputs);
}

class Judge {
  readonly #model: ServiceModel;
  readonly #failures: Failure[] = [];
  readonly #unjudged: string[] = [];

  constructor(model: ServiceModel) {
    this.#model = model;
  }

  top(mapping: Mapping, inputs: Values): Judgement {
    const given = new Set<string>();
    for (const [property, value] of Object.entries(inputs)) {
      const renamed = mapping.renamed[property];
      if (property.startsWith('__') || renamed === null || value === null) continue;
      const found = this.#resolve(mapping.shapes, (renamed ?? property).split('.'));
      if (!found) this.#unjudged.push(property);
      else {
        given.add(found.member);
        this.#value(value, found.shape, property);
      }
    }
    const required = this.#shape(mapping.shapes[0] ?? '').required ?? [];
    const left = Object.entries(mapping.renamed).filter(([, name]) => name === null);
    for (const member of required.filter((name) => !given.has(name))) {
      if (!left.some(([property]) => isSame(property, member))) this.#fail(member, 'required by the service');
    }
    return { failures: this.#failures, unjudged: this.#unjudged };
  }

  /** The shape at a path of member names below one of some shapes, and the first member's own name. */
  #resolve(
    shapes: readonly string[],
    path: readonly string[],
  ): { member: string; shape: string } | undefined {
    for (const name of shapes) {
      let here: string | undefined = name;
      let member: string | undefined;
      for (const part of path) {
        const members: Record<string, string> = here === undefined ? {} : (this.#shape(here).members ?? {});
        const key = Object.keys(members).find((candidate) => isSame(candidate, part));
        member ??= key;
        here = key === undefined ? undefined : members[key];
      }
      if (here !== undefined && member !== undefined) return { member, shape: here };
    }
    return undefined;
  }

  #shape(name: string): Shape {
    return this.#model.shapes[name] ?? { type: 'unknown' };
  }

  #value(value: Value, name: string, path: string): void {
    if (value === null || value === UNKNOWN) return;
    const shape = this.#shape(name);
    if (typeof value === 'string') this.#text(value, shape, path);
    else if (typeof value === 'number') this.#number(value, shape, path);
    else if (Array.isArray(value)) this.#list(value, shape, path);
    else if (isObject(value)) this.#structure(value, shape, path);
  }

  #text(value: string, shape: Shape, path: string): void {
    if (shape.enum && !shape.enum.includes(value))
      this.#fail(path, `must be one of ${shape.enum.join(', ')}`);
    this.#size(value.length, shape, path, 'characters');
    if (shape.pattern && !matchesWhole(shape.pattern, value)) this.#fail(path, `must match ${shape.pattern}`);
  }

  #number(value: number, shape: Shape, path: string): void {
    if (['integer', 'long', 'double', 'float'].includes(shape.type)) this.#size(value, shape, path, '');
  }

  #list(value: Value[], shape: Shape, path: string): void {
    // A list of one block here is a plain structure there.
    if (shape.type === 'structure')
      for (const item of value) this.#value(item, nameOf(this.#model, shape), path);
    if (shape.type !== 'list') return;
    this.#size(value.length, shape, path, 'items');
    for (const [index, item] of value.entries()) this.#value(item, shape.items ?? '', `${path}[${index}]`);
  }

  #structure(value: Values, shape: Shape, path: string): void {
    if (shape.type === 'map') {
      for (const [key, item] of Object.entries(value)) {
        this.#value(key, shape.keys ?? '', `${path}.${key} (key)`);
        this.#value(item, shape.items ?? '', `${path}.${key}`);
      }
    }
    if (shape.type !== 'structure') return;
    const members = Object.keys(shape.members ?? {});
    const given = Object.entries(value).filter(([, item]) => item !== null);
    for (const [key, item] of given) {
      const member = members.find((candidate) => isSame(candidate, key));
      if (member === undefined) this.#unjudged.push(`${path}.${key}`);
      else this.#value(item, shape.members?.[member] ?? '', `${path}.${key}`);
    }
    for (const member of shape.required ?? []) {
      if (!given.some(([key]) => isSame(key, member)))
        this.#fail(`${path}.${member}`, 'required by the service');
    }
  }

  #size(size: number, { min, max }: Shape, path: string, unit: string): void {
    const range = `${min ?? ''}..${max ?? ''} ${unit}`.trim();
    if ((min !== undefined && size < min) || (max !== undefined && size > max))
      this.#fail(path, `${size}, allowed ${range}`);
  }

  #fail(property: string, reason: string): void {
    this.#failures.push({ property, reason: `${reason} (service model)` });
  }
}

function nameOf(model: ServiceModel, shape: Shape): string {
  return Object.keys(model.shapes).find((name) => model.shapes[name] === shape) ?? '';
}

/** `allowedClients` is `allowedClients`, `AllowedClient`; `customJwtAuthorizer` is `customJWTAuthorizer`. */
export function isSame(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/s$/, '');
}

const compiled = new Map<string, RegExp | undefined>();

/** Patterns are meant for the whole text; some are written in a dialect that JavaScript does not read. */
export function matchesWhole(pattern: string, text: string): boolean {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern)?.test(text) ?? true;
}

function compile(pattern: string): RegExp | undefined {
  // Unicode first: without it `\p{L}` would quietly mean something else.
  for (const flags of ['su', 's']) {
    try {
      return new RegExp(`^(?:${pattern})$`, flags);
    } catch {}
  }
  return undefined;
}
