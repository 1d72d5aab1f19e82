/** The fault switch: makes chosen operations fail a number of times, so that retries and half-done updates are tested. */
import { readFileSync } from 'node:fs';

export interface Fault {
  op: 'create' | 'update' | 'delete';
  /** Matched against the URN. */
  urn: string;
  /** How many operations fail before they succeed again; default: all. */
  times?: number;
  message?: string;
}

export class Faults {
  readonly #left: { fault: Fault; pattern: RegExp; times: number }[];

  constructor(faults: readonly Fault[] = []) {
    this.#left = faults.map((fault) => ({
      fault,
      pattern: new RegExp(fault.urn),
      times: fault.times ?? Number.POSITIVE_INFINITY,
    }));
  }

  static fromFile(file: string | undefined): Faults {
    return new Faults(file ? (JSON.parse(readFileSync(file, 'utf8')) as Fault[]) : []);
  }

  /** The error that this operation gets, if it is one of the chosen. */
  next(op: string, { urn }: { urn: string }): string | undefined {
    const hit = this.#left.find(
      ({ fault, pattern, times }) => fault.op === op && times > 0 && pattern.test(urn),
    );
    if (!hit) return undefined;
    hit.times -= 1;
    return hit.fault.message ?? 'InternalServerException: injected by the fault switch';
  }
}
