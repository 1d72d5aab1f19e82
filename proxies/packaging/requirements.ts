/** What a package installs, from its uv.lock: every requirement pinned and with the lock's hashes. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { McpgwError } from '../../plan/errors.ts';
import { lockedPackages, readLock } from '../../plan/lock.ts';
import type { Platform } from '../../plan/wheel-tags.ts';
import { run } from './run.ts';

export interface Requirements {
  /** Lines for uv, from wheels alone. */
  wheels: string[];
  /** Lines for packages that the lock has as sdists only, by name: built here, and only if they are pure. */
  sdists: Map<string, string>;
}

export async function readRequirements(options: {
  uv: string;
  /** Folder with pyproject.toml and uv.lock. */
  source: string;
  lockText: string;
  /** A folder to work in: uv must not write into the source. */
  work: string;
  platform: Platform;
  repairs: readonly string[];
  what: string;
}): Promise<Requirements> {
  const folder = join(options.work, 'project');
  await mkdir(folder, { recursive: true });
  for (const name of ['pyproject.toml', 'uv.lock']) {
    await copyFile(join(options.source, name), join(folder, name));
  }
  const text = await run(
    options.uv,
    ['export', '--frozen', '--no-dev', '--no-emit-project', '--no-header', '--no-annotate', '--quiet'],
    {
      cwd: folder,
      env: { UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1' },
      what: `${options.what}: reading uv.lock`,
      hint: 'uv.lock must fit pyproject.toml',
    },
  );
  const lock = parseToml(options.lockText);
  const sdistOnly = new Set(
    lockedPackages(readLock(lock, 'uv.lock'), options.platform)
      .filter((item) => item.wheels.length === 0)
      .map((item) => item.name),
  );
  const requirements: Requirements = { wheels: [], sdists: new Map() };
  for (const line of logicalLines(text)) {
    const name = /^[A-Za-z0-9._-]+/.exec(line)?.[0];
    if (name === undefined || !line.includes('--hash=')) {
      throw new McpgwError('package-failed', `${options.what}: uv.lock pins no hash for ${line}`, {
        hint: 'packages from git, a folder or a URL cannot be packaged; lock a published version',
      });
    }
    if (sdistOnly.has(name)) requirements.sdists.set(name, line);
    else requirements.wheels.push(line);
  }
  for (const repair of options.repairs) requirements.wheels.push(repairLine(lock, repair, options.what));
  return requirements;
}

/** `uv export` wraps a requirement and its hashes by backslashes. */
function logicalLines(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const repairSchema = z.object({
  package: z.array(
    z.object({
      name: z.string(),
      version: z.string().optional(),
      wheels: z.array(z.object({ hash: z.string() })).default([]),
    }),
  ),
});

/** A package that stands in the lock (in a group that is not installed), pinned as it stands there. */
function repairLine(lock: unknown, name: string, what: string): string {
  const item = repairSchema.parse(lock).package.find((candidate) => candidate.name === name);
  if (item?.version === undefined || item.wheels.length === 0) {
    throw new McpgwError(
      'package-failed',
      `${what}: uv.lock has no wheel of ${name}, which it is said to need`,
      {
        hint: 'discovery/knowledge.yaml names it; the lock has changed',
      },
    );
  }
  return `${name}==${item.version} ${item.wheels.map((wheel) => `--hash=${wheel.hash}`).join(' ')}`;
}
