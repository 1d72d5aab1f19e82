/**
 * The stand-in's memory: every operation as one JSON line. It is what tests read, and what the next run's plugin
 * process reads to know what exists. Secrets are masked.
 */
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { Values } from './values.ts';

export interface Operation {
  op: 'create' | 'update' | 'delete' | 'read' | 'refused';
  type: string;
  urn: string;
  id: string;
  /** Absent where all regions have the same (IAM). */
  region?: string;
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
  region?: string;
  inputs: Values;
  outputs: Values;
}

export class Journal {
  readonly #file: string | undefined;
  readonly #creations = new Map<string, number>();
  /** By region, type and id. */
  readonly #existing = new Map<string, Existing>();
  #read = 0;

  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** What the account has now: other plugin processes write to the same file. */
  get existing(): Existing[] {
    this.#refresh();
    return [...this.#existing.values()];
  }

  record(operation: Operation): void {
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(operation)}\n`);
    else this.#apply(operation);
  }

  /** How often a resource of this URN was created, in all runs so far. */
  createdBefore(urn: string): number {
    this.#refresh();
    return this.#creations.get(urn) ?? 0;
  }

  ofType(type: string): Existing[] {
    return this.existing.filter((resource) => resource.type === type);
  }

  /** Takes in what was appended since the last look; a line that is being written waits for its end. */
  #refresh(): void {
    if (!this.#file || !existsSync(this.#file)) return;
    const size = statSync(this.#file).size;
    if (size === this.#read) return;
    const bytes = Buffer.alloc(size - this.#read);
    const handle = openSync(this.#file, 'r');
    const got = readSync(handle, bytes, 0, bytes.length, this.#read);
    closeSync(handle);
    const whole = bytes.subarray(0, got).lastIndexOf(0x0a) + 1;
    this.#read += whole;
    for (const operation of parseLines(bytes.subarray(0, whole).toString())) this.#apply(operation);
  }

  #apply({ op, type, urn, id, region, inputs = {}, outputs = {} }: Operation): void {
    if (op === 'create') this.#creations.set(urn, (this.#creations.get(urn) ?? 0) + 1);
    const key = `${region ?? ''} ${type} ${id}`;
    const place = region === undefined ? {} : { region };
    if (op === 'create' || op === 'update')
      this.#existing.set(key, { type, urn, id, ...place, inputs, outputs });
    if (op === 'delete') this.#existing.delete(key);
  }
}

export function readOperations(file: string): Operation[] {
  return parseLines(readFileSync(file, 'utf8'));
}

function parseLines(text: string): Operation[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Operation);
}
