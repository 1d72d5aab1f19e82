/** What has been measured so far, by server: written after each step, so that a run that was broken off goes on. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { PackageReport } from '../../proxies/packaging/package.ts';
import type { ColdStart } from '../proxies/cold-start.ts';
import type { Answered } from './first-calls.ts';

export interface Measured {
  /** Built for Lambda, on the manifest's processor. */
  package?: PackageReport;
  /** Of the twin for this machine's processor. */
  start?: ColdStart;
  /** `none`: answered without AWS; `aws`: by moto, or with AWS's refusal. */
  calls?: { none: Answered; aws?: Answered };
  failed?: string;
}

export class Results {
  readonly #file: string;
  readonly servers: Record<string, Measured>;

  private constructor(file: string, servers: Record<string, Measured>) {
    this.#file = file;
    this.servers = servers;
  }

  static async open(file: string): Promise<Results> {
    const text = await readFile(file, 'utf8').catch(() => '{}');
    return new Results(file, JSON.parse(text) as Record<string, Measured>);
  }

  of(server: string): Measured {
    this.servers[server] ??= {};
    return this.servers[server];
  }

  async save(): Promise<void> {
    await writeFile(`${this.#file}.part`, `${JSON.stringify(this.servers, null, 1)}\n`);
    await rename(`${this.#file}.part`, this.#file);
  }
}
