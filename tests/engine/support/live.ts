/**
 * A stack as its users meet it: a `pulumi` on PATH with a backend of its own, so that commands that drive the user's
 * own Pulumi (`deploy`, `verify --stack`, `review --resources live`) run whole. Behind it are the real engine and the
 * stand-in for AWS, in a file backend that is thrown away.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OfflineBackend, type Output } from '../../../offline/backend.ts';
import { ensureEngine } from '../../../offline/engine.ts';
import type { Fault } from '../../../offline/plugin/faults.ts';
import { Journal } from '../../../offline/plugin/journal.ts';
import type { Values } from '../../../offline/plugin/values.ts';
import { type Ran, runIn } from '../../integration/cli/run.ts';

/** Of the user whose stack it is. */
const OWN = { PULUMI_CONFIG_PASSPHRASE: 'of this test' };
const MCPGW = path.resolve(import.meta.dirname, '../../../cli/mcpgw.mjs');

export class LiveBackend {
  readonly backend: OfflineBackend;
  readonly #bin: string;
  readonly #folder: string;

  private constructor(backend: OfflineBackend, folder: string) {
    this.backend = backend;
    this.#folder = folder;
    this.#bin = path.join(backend.folder, 'users-bin');
  }

  /** For the project in `folder`. */
  static async open(folder: string): Promise<LiveBackend> {
    const engine = await ensureEngine();
    const live = new LiveBackend(await OfflineBackend.open({ root: folder, engine }), folder);
    await live.#writePulumi(engine);
    return live;
  }

  /** What is to fail from here on, in each run of the plugin. */
  faults(all: readonly Fault[]): Promise<void> {
    return writeFile(this.backend.faults, JSON.stringify(all));
  }

  /** `mcpgw` in the project, by a user who has this `pulumi`. */
  run(env: Record<string, string>, ...argv: string[]): Promise<Ran> {
    return runIn(this.#folder, { ...OWN, ...env, PATH: `${this.#bin}:${process.env.PATH}` }, ...argv);
  }

  /** The same as a process of its own, as a shell starts it. */
  spawn(
    env: Record<string, string | undefined>,
    ...argv: string[]
  ): { child: ChildProcess; ended: Promise<Ran> } {
    const child = spawn(process.execPath, [MCPGW, ...argv], {
      cwd: this.#folder,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        CI: '1',
        ...OWN,
        PATH: `${this.#bin}:${process.env.PATH}`,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ran: Ran = { code: -1, stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        ran[name] += text;
      });
    }
    const ended = new Promise<Ran>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ ...ran, code: code ?? -1 }));
    });
    return { child, ended };
  }

  /** That `pulumi`, in the project or in another folder. */
  pulumi(...args: string[]): Promise<Output> {
    return new Promise((resolve) => {
      const options = {
        cwd: this.#folder,
        env: { ...process.env, ...OWN },
        maxBuffer: 64 * 1024 * 1024,
      };
      execFile(path.join(this.#bin, 'pulumi'), args, options, (error, stdout, stderr) =>
        resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
    });
  }

  /** Resources of a type that the imitated account has. */
  existing(type: string) {
    return new Journal(this.backend.journal).ofType(type);
  }

  /** Somebody changes the first resource of a type by hand: the engine's state knows nothing of it. */
  changeByHand(type: string, inputs: Values): void {
    const journal = new Journal(this.backend.journal);
    const [found] = journal.ofType(type);
    if (!found) throw new Error(`the account has no ${type}`);
    journal.record({
      op: 'update',
      ...found,
      inputs: { ...found.inputs, ...inputs },
      outputs: { ...found.outputs, ...inputs },
    });
  }

  /** … or deletes it. */
  deleteByHand(type: string): void {
    const journal = new Journal(this.backend.journal);
    const [found] = journal.ofType(type);
    if (!found) throw new Error(`the account has no ${type}`);
    journal.record({ op: 'delete', ...found });
  }

  close(): Promise<void> {
    return this.backend.close();
  }

  async #writePulumi(engine: { pulumi: string; binDir: string }): Promise<void> {
    const { folder, url, journal, faults } = this.backend;
    const search = [path.join(folder, 'bin'), engine.binDir, path.dirname(process.execPath)].join(':');
    const variables = {
      PULUMI_BACKEND_URL: url,
      PULUMI_HOME: path.join(folder, 'home'),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      // The state is written once at the end instead of after every step: half the time of an update.
      PULUMI_EXPERIMENTAL: 'true',
      PULUMI_SKIP_CHECKPOINTS: 'true',
      MCPGW_OFFLINE: folder,
      MCPGW_OFFLINE_JOURNAL: journal,
      MCPGW_OFFLINE_FAULTS: faults,
    };
    await writeFile(faults, '[]');
    await mkdir(this.#bin);
    const program = path.join(this.#bin, 'pulumi');
    const lines = [
      '#!/bin/sh',
      ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
      `export PATH="${search}:$PATH"`,
      'case "$1" in preview|up|refresh|destroy) set -- "$@" --skip-plugin-pre-install --color never;; esac',
      `exec '${engine.pulumi}' "$@"`,
    ];
    await writeFile(program, `${lines.join('\n')}\n`);
    await chmod(program, 0o755);
  }
}
