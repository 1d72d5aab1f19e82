/**
 * What a server's build hook would have made, without running the hook: from the published wheel that the manifest
 * pins, wherever the sources lack it (those published on PyPI hold it).
 */
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { type HookFiles, wheelName } from '../../plan/hook-files.ts';
import { type InstallOptions, install } from './install.ts';

/** Returns what the user should know of it. */
export async function addHookFiles(
  hooks: readonly string[],
  files: HookFiles,
  options: Omit<InstallOptions, 'requirements'>,
): Promise<string[]> {
  const taken: string[] = [];
  for (const [path, pinned] of Object.entries(files)) {
    const to = join(options.target, path);
    if (await isFile(to)) continue;
    const from = join(options.work, 'published', wheelName(pinned));
    const what = `${options.what}: ${path} of ${wheelName(pinned)}`;
    if (!(await isFile(join(from, path)))) {
      const requirements = { wheels: [pinned], sdists: new Map<string, string>() };
      await install({ ...options, requirements, target: from, what });
    }
    await mkdir(dirname(to), { recursive: true });
    await copyFile(join(from, path), to).catch((cause: unknown) => {
      throw new McpgwError('package-failed', `${what}: that wheel has no such file`, {
        hint: 'name the wheel that has it in discovery/knowledge.yaml, and run `mcpgw discover`',
        cause,
      });
    });
    taken.push(`${path} from ${wheelName(pinned)}`);
  }
  if (taken.length > 0) return [`instead of its build hook: ${taken.join(', ')}`];
  if (hooks.length === 0 || Object.keys(files).length > 0) return [];
  return [
    `its build hook (${hooks.join(', ')}) was not run; a file that only the hook makes is missing unless the sources hold it, as those published on PyPI do`,
  ];
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
