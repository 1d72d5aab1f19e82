/**
 * A throw-away Pulumi backend: an empty file backend in a folder of its own, with the stand-in aws plugin first on
 * PATH of the engine's process. Any other backend is refused, so no real stack ever meets the stand-in.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { McpgwError } from '../plan/errors.ts';
import { PROJECT } from '../plan/settings/settings.ts';
import type { Engine } from './engine.ts';

export interface BackendOptions {
  /** The project: the folder of Pulumi.yaml. */
  root: string;
  engine: Engine;
  /** Added to the engine's environment. */
  environment?: Record<string, string>;
  /** Where the throw-away folder is made. Default: the machine's temporary folder. */
  parent?: string;
}

export interface Output {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Default: the project. */
  cwd?: string;
  environment?: Record<string, string>;
  onOutput?: (text: string) => void;
}

/** What of the user's environment the engine may see: nothing that could lead to a real account or stack. */
const WITHHELD = /^(?:AWS_|PULUMI_)/;

export class OfflineBackend {
  readonly folder: string;
  readonly url: string;
  readonly #options: BackendOptions;
  readonly #environment: Record<string, string>;

  private constructor(folder: string, options: BackendOptions) {
    this.folder = folder;
    this.url = pathToFileURL(path.join(folder, 'state')).href;
    this.#options = options;
    this.#environment = this.#makeEnvironment();
  }

  static async open(options: BackendOptions): Promise<OfflineBackend> {
    const folder = await mkdtemp(path.join(options.parent ?? tmpdir(), 'mcpgw-offline-'));
    const backend = new OfflineBackend(folder, options);
    for (const name of ['bin', 'state', 'home', 'project']) await mkdir(path.join(folder, name));
    await writeFile(path.join(backend.project, 'Pulumi.yaml'), `name: ${PROJECT}\nruntime: nodejs\n`);
    await backend.#writeLaunchers();
    await backend.#requireOwnBackend();
    return backend;
  }

  /** A project of the same name, for commands that write to the stack's file in their folder. */
  get project(): string {
    return path.join(this.folder, 'project');
  }

  /** Every operation that the stand-in did or refused, as JSON lines. */
  get journal(): string {
    return path.join(this.folder, 'operations.jsonl');
  }

  /** Fault switch of the stand-in: read at the start of each command. */
  get faults(): string {
    return path.join(this.folder, 'faults.json');
  }

  /** Runs the real CLI. Rejects only when it cannot be started; a failure is its exit code. */
  run(args: readonly string[], { cwd, environment = {}, onOutput }: RunOptions = {}): Promise<Output> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#options.engine.pulumi, [...args, '--non-interactive'], {
        cwd: cwd ?? this.#options.root,
        env: { ...this.#environment, ...environment, ...this.#fixed() },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output: Output = { exitCode: -1, stdout: '', stderr: '' };
      child.stdout.on('data', (data: Buffer) => {
        output.stdout += data;
        onOutput?.(String(data));
      });
      child.stderr.on('data', (data: Buffer) => {
        output.stderr += data;
        onOutput?.(String(data));
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ ...output, exitCode: code ?? -1 }));
    });
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What no caller may change: it is what keeps the stand-in and real stacks apart. */
  #fixed(): Record<string, string> {
    return {
      PULUMI_BACKEND_URL: this.url,
      PULUMI_HOME: path.join(this.folder, 'home'),
      MCPGW_OFFLINE: this.folder,
      MCPGW_OFFLINE_JOURNAL: this.journal,
    };
  }

  #makeEnvironment(): Record<string, string> {
    const inherited = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !WITHHELD.test(entry[0]),
    );
    const searchPath = [
      path.join(this.folder, 'bin'),
      this.#options.engine.binDir,
      // The language host starts `node` from PATH: the one that runs us strips types.
      path.dirname(process.execPath),
      process.env.PATH ?? '',
    ].join(path.delimiter);
    return {
      ...Object.fromEntries(inherited),
      PATH: searchPath,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString('hex'),
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      ...this.#options.environment,
    };
  }

  /** The only things named pulumi-resource-aws…, and they live as long as this folder. */
  async #writeLaunchers(): Promise<void> {
    const plugin = path.join(import.meta.dirname, 'plugin', 'main.ts');
    const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    for (const name of ['aws', 'aws-native']) {
      const launcher = path.join(this.folder, 'bin', `pulumi-resource-${name}`);
      await writeFile(launcher, `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(plugin)} ${name} "$@"\n`);
      await chmod(launcher, 0o755);
    }
  }

  /** Asks the CLI itself: a setting that we do not know must not lead it elsewhere. */
  async #requireOwnBackend(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.run(['whoami', '--json']);
    const url = exitCode === 0 ? (JSON.parse(stdout) as { url?: string }).url : undefined;
    if (url === this.url) return;
    await this.close();
    throw new McpgwError(
      'backend-refused',
      `the offline preview got another backend: ${url ?? stderr.trim()}`,
      {
        hint: 'remove `backend:` from Pulumi.yaml, or preview without --offline',
      },
    );
  }
}
