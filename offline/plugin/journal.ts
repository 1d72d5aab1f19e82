/**
 * The stand-in's memory: every operation as one JSON line. It is what tests read, and what the next run's plugin
 * process reads to know what exists. Secrets are masked.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Values } from './values.ts';

export interface Operation {
  op: 'create' | 'update' | 'delete' | 'read' | 'refused';
  type: string;
  urn: string;
  id: string;
  inputs?: Values;
  outputs?: Values;
  /** Target operations of the same gateway that were under way, this one included. */
  inFlight?: number;
  error?: string;
}

export interface Existing {
  type: string;
  urn: string;
  id: string;
  inputs: Values;
  outputs: Values;
}

export class Journal {
  readonly #file: string | undefined;
  readonly #creations = new Map<string, number>();
  /** By type and id. */
  readonly existing = new Map<string, Existing>();

  constructor(file: string | undefined) {
    this.#file = file;
    if (file && existsSync(file)) for (const operation of readOperations(file)) this.#apply(operation);
  }

  record(operation: Operation): void {
    this.#apply(operation);
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(operation)}\n`);
  }

  /** How often a resource of this URN was created, in all runs so far. */
  createdBefore(urn: string): number {
    return this.#creations.get(urn) ?? 0;
  }

  ofType(type: string): Existing[] {
    return [...this.existing.values()].filter((resource) => resource.type === type);
  }

  #apply({ op, type, urn, id, inputs = {}, outputs = {} }: Operation): void {
    if (op === 'create') this.#creations.set(urn, this.createdBefore(urn) + 1);
    const key = `${type} ${id}`;
    if (op === 'create' || op === 'update') this.existing.set(key, { type, urn, id, inputs, outputs });
    if (op === 'delete') this.existing.delete(key);
  }
}

export function readOperations(file: string): Operation[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Operation);
}
