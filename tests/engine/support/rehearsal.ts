/** A stack on the real engine with the stand-in plugin: what a test brings up, looks at, and throws away. */
import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { OfflineBackend, type Output } from '../../../offline/backend.ts';
import { ensureEngine } from '../../../offline/engine.ts';
import type { Fault } from '../../../offline/plugin/faults.ts';
import { Journal, type Operation, readOperations } from '../../../offline/plugin/journal.ts';
import { configFile, createStack } from '../../../offline/preview.ts';
import { formatServer, parseServer, type ServerEntry } from '../../../plan/manifest.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import type { Plan } from '../../../plan/types.ts';
import { readManifest } from '../../../store/manifest.ts';
import { type SyntheticServer, writeSynthetic } from './synthetic.ts';

export const ROOT = path.resolve(import.meta.dirname, '..', '..', '..');
export const ACCOUNT = '123456789012';

export interface Step {
  op: string;
  urn: string;
}

interface Digest {
  steps?: { op: string; urn: string; newState?: { inputs?: Record<string, unknown> } }[];
  changeSummary?: Record<string, number>;
  diagnostics?: { message: string; severity: string }[];
}

export class Rehearsal {
  readonly backend: OfflineBackend;
  readonly stack: string;
  #seen = 0;

  private constructor(backend: OfflineBackend, stack: string) {
    this.backend = backend;
    this.stack = stack;
  }

  /** `config` without namespace keys stays as it is: `mcpgw:gateway`, `aws:region`. */
  static async open(
    config: Record<string, unknown>,
    environment: Record<string, string> = {},
  ): Promise<Rehearsal> {
    const engine = await ensureEngine();
    const backend = await OfflineBackend.open({ root: ROOT, engine });
    const rehearsal = new Rehearsal(backend, 'test');
    rehearsal.environment = { MCPGW_MANIFEST: path.join(backend.folder, 'manifest'), ...environment };
    const made = await createStack(backend, rehearsal.stack, stringify({ config: baseConfig(config) }));
    if (made.exitCode !== 0) throw new Error(made.stderr);
    return rehearsal;
  }

  environment: Record<string, string> = {};
  /** Another project than ours, of the same name. */
  cwd: string | undefined;

  /** Replaces the made-up manifest. */
  async manifest(servers: readonly SyntheticServer[]): Promise<void> {
    await writeSynthetic(this.#manifest, servers);
  }

  /** The committed manifest, to be edited; returns its plan. */
  async copyManifest(): Promise<Plan> {
    await cp(path.join(ROOT, 'manifest'), this.#manifest, { recursive: true });
    const config = parse(await readFile(configFile(this.backend, this.stack), 'utf8')) as { config: object };
    const settings = parseSettings(this.stack, { ...config.config }, 'test');
    return createPlan(await readManifest(this.#manifest), settings);
  }

  async editServer(id: string, edit: (entry: ServerEntry) => ServerEntry): Promise<void> {
    const file = path.join(this.#manifest, 'servers', `${id}.yaml`);
    await writeFile(file, formatServer(edit(parseServer(await readFile(file, 'utf8'), file))));
  }

  get #manifest(): string {
    return path.join(this.backend.folder, 'manifest');
  }

  async configure(config: Record<string, unknown>): Promise<void> {
    const file = configFile(this.backend, this.stack);
    const old = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, stringify({ ...old, config: baseConfig(config) }));
  }

  async faults(faults: readonly Fault[]): Promise<void> {
    await writeFile(this.backend.faults, JSON.stringify(faults));
  }

  async preview(): Promise<Digest & Output> {
    const output = await this.#run('preview', ['--json']);
    const digest = output.stdout.trim().startsWith('{') ? (JSON.parse(output.stdout) as Digest) : {};
    return { ...digest, ...output };
  }

  /** What a preview would change, without the resources that stay the same. */
  async changes(): Promise<Step[]> {
    const { steps = [], exitCode, stdout, stderr } = await this.preview();
    if (exitCode !== 0) throw new Error(`preview failed:\n${stdout}\n${stderr}`);
    return steps.filter(({ op }) => op !== 'same').map(({ op, urn }) => ({ op, urn }));
  }

  up(args: string[] = []): Promise<Output> {
    return this.#run('up', ['--yes', '--skip-preview', ...args]);
  }

  destroy(args: string[] = []): Promise<Output> {
    return this.#run('destroy', ['--yes', '--skip-preview', ...args]);
  }

  async outputs(showSecrets = false): Promise<Record<string, unknown>> {
    const shown = showSecrets ? ['--show-secrets'] : [];
    const { stdout } = await this.backend.run(['stack', 'output', '--json', '--stack', this.stack, ...shown]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** What was done in the account since the last look. */
  operations(): Operation[] {
    const all = existsSync(this.backend.journal) ? readOperations(this.backend.journal) : [];
    const fresh = all.slice(this.#seen);
    this.#seen = all.length;
    return fresh;
  }

  /** Types and ids of what the account still has. */
  existing(): string[] {
    return new Journal(this.backend.journal).existing.map(({ type, id }) => `${type} ${id}`);
  }

  async removeManifest(): Promise<void> {
    await rm(this.#manifest, { recursive: true, force: true });
  }

  close(): Promise<void> {
    return this.backend.close();
  }

  #run(command: string, args: string[]): Promise<Output> {
    return this.backend.run(
      [
        command,
        ...['--stack', this.stack, '--config-file', configFile(this.backend, this.stack)],
        ...['--skip-plugin-pre-install', '--color', 'never'],
        ...(command === 'preview' ? [] : ['--suppress-outputs']),
        ...args,
      ],
      {
        environment: { ...this.#faultSwitch(), ...this.environment },
        ...(this.cwd === undefined ? {} : { cwd: this.cwd }),
      },
    );
  }

  #faultSwitch(): Record<string, string> {
    const faults = existsSync(this.backend.faults) ? { MCPGW_OFFLINE_FAULTS: this.backend.faults } : {};
    return {
      // Long enough that operations which may run at once are seen to.
      MCPGW_OFFLINE_LATENCY: '100',
      // The state is written once at the end instead of after every step: half the time of an update.
      PULUMI_EXPERIMENTAL: 'true',
      PULUMI_SKIP_CHECKPOINTS: 'true',
      ...faults,
    };
  }
}

function baseConfig(config: Record<string, unknown>): Record<string, unknown> {
  return {
    'aws:region': 'us-east-1',
    'mcpgw:accounts': [ACCOUNT],
    'mcpgw:gateway': { name: 'tools' },
    ...config,
  };
}

/** `type name` of a URN, short enough to compare by eye. */
export function shortOf(urn: string): string {
  const [, , types = '', name = ''] = urn.split('::');
  return `${types.split('$').pop()?.split(':').pop()} ${name}`;
}

/** How many resources of each type. */
export function countTypes(urns: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const urn of urns) {
    const type = urn.split('::')[2]?.split('$').pop() ?? '';
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
