/**
 * The Pulumi engine: the machine's own when `pulumi` is on PATH, otherwise built from its Go modules and cached by
 * version. There is no npm or PyPI package of it.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../plan/errors.ts';
import { cacheDir } from '../store/paths.ts';

const CLI_VERSION = 'v3.259.0';
/** The newest line of the language host that still was part of a tagged Go module. */
const HOST_VERSION = 'v3.60.0';
const LEAST_GO = '1.25.11';
/** Part of the cache key: changes when what we lay beside the binaries does. */
const LAYOUT = 1;

export interface Engine {
  pulumi: string;
  languageHost: string;
  /** Both lie in it; first on PATH of the engine's process. */
  binDir: string;
  origin: 'machine' | 'built';
}

export type Progress = (message: string) => void;

export interface EngineOptions {
  /** Where to look for `pulumi` and `go`. Default: this process's PATH. */
  searchPath?: string;
  cache?: string;
  onProgress?: Progress;
}

export async function ensureEngine(options: EngineOptions = {}): Promise<Engine> {
  const searchPath = options.searchPath ?? process.env.PATH ?? '';
  const own = await engineOfMachine(searchPath);
  if (own) return own;
  const folder = path.join(options.cache ?? cacheDir(), 'engine', `${CLI_VERSION}-${HOST_VERSION}-${LAYOUT}`);
  const engine: Engine = {
    pulumi: path.join(folder, 'pulumi'),
    languageHost: path.join(folder, 'pulumi-language-nodejs'),
    binDir: folder,
    origin: 'built',
  };
  if (await isExecutable(engine.pulumi)) return engine;
  const go = await findOnPath('go', searchPath);
  if (!go) throw engineMissing('neither `pulumi` nor Go is on PATH');
  await mkdir(path.dirname(folder), { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (!(await isExecutable(engine.pulumi))) await build(go, folder, options.onProgress ?? (() => {}));
  });
  return engine;
}

async function engineOfMachine(searchPath: string): Promise<Engine | undefined> {
  const pulumi = await findOnPath('pulumi', searchPath);
  if (!pulumi) return undefined;
  const beside = path.join(path.dirname(pulumi), 'pulumi-language-nodejs');
  const languageHost = (await isExecutable(beside))
    ? beside
    : await findOnPath('pulumi-language-nodejs', searchPath);
  if (!languageHost) {
    throw engineMissing(`${pulumi} has no Node.js language host beside it or on PATH`);
  }
  return { pulumi, languageHost, binDir: path.dirname(pulumi), origin: 'machine' };
}

async function build(go: string, folder: string, onProgress: Progress): Promise<void> {
  const modules = path.join(import.meta.dirname, 'engine');
  const version = await run(go, ['env', 'GOVERSION'], path.join(modules, 'cli')).catch((cause: unknown) => {
    throw engineMissing(`the Go at ${go} cannot build it`, cause);
  });
  onProgress(`building the Pulumi engine ${CLI_VERSION} with ${version.trim()}, once, some minutes`);
  const staging = await mkdtemp(`${folder}-`);
  try {
    await goBuild(go, path.join(modules, 'language-host'), HOST_VERSION, {
      output: path.join(staging, 'host', 'pulumi-language-nodejs'),
      main: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
    });
    await goBuild(go, path.join(modules, 'cli'), CLI_VERSION, {
      output: path.join(staging, 'pulumi'),
      main: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    });
    await writeHostWrapper(path.join(staging, 'pulumi-language-nodejs'));
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    throw engineMissing('building it failed', cause);
  }
}

async function goBuild(
  go: string,
  module: string,
  version: string,
  { output, main }: { output: string; main: string },
): Promise<void> {
  // Without the version the Automation API's check and `requiredPulumiVersion` misbehave.
  const stamp = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  await run(go, ['build', '-mod=readonly', '-trimpath', '-ldflags', stamp, '-o', output, main], module);
}

/** This old host ignores `runtime.options` of Pulumi.yaml: it reads flags, and today's engine sends a request. */
async function writeHostWrapper(file: string): Promise<void> {
  await writeFile(
    file,
    '#!/bin/sh\nexec "$(dirname "$0")/host/pulumi-language-nodejs" --typescript=false "$@"\n',
  );
  await chmod(file, 0o755);
}

function engineMissing(what: string, cause?: unknown): McpgwError {
  return new McpgwError('engine-missing', `no Pulumi engine: ${what}`, {
    hint: `install Pulumi (its own installer or package manager), or Go ${LEAST_GO} or newer, with which mcpgw builds it once`,
    ...(cause === undefined ? {} : { cause }),
  });
}

function run(command: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data: Buffer) => {
      output.stdout += data;
    });
    child.stderr.on('data', (data: Buffer) => {
      output.stderr = (output.stderr + data).slice(-4_000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.stdout);
      else
        reject(
          new Error(`${command} ${args.slice(0, 2).join(' ')} failed (${code}): ${output.stderr.trim()}`),
        );
    });
  });
}

/** One build at a time on a machine; a lock whose process is gone is taken over. */
async function withLock(file: string, act: () => Promise<void>): Promise<void> {
  for (;;) {
    const handle = await open(file, 'wx').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return undefined;
      throw cause;
    });
    if (handle) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      break;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(file, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    await act();
  } finally {
    await rm(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function findOnPath(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const file = path.join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
