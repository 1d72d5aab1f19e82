/** What build hooks that are not run would have made: from the published wheels that knowledge.yaml pins. */
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { type HookFiles, wheelName } from '../../plan/hook-files.ts';

/** `install` runs `uv pip install` with what it is given. Files that the server's own sources hold stay. */
export async function addHookFiles(
  files: HookFiles,
  sitePackages: string,
  install: (args: string[]) => Promise<void>,
): Promise<void> {
  for (const [file, pinned] of Object.entries(files)) {
    const to = path.join(sitePackages, file);
    if ((await stat(to).catch(() => undefined))?.isFile()) continue;
    const work = await mkdtemp(path.join(tmpdir(), 'mcpgw-wheel-'));
    try {
      const list = path.join(work, 'requirements.txt');
      await writeFile(list, `${pinned}\n`);
      const only = ['--no-deps', '--require-hashes', '--only-binary', ':all:'];
      await install([...only, '--target', path.join(work, 'wheel'), '-r', list]);
      await mkdir(path.dirname(to), { recursive: true });
      await copyFile(path.join(work, 'wheel', file), to).catch((cause: unknown) => {
        throw new McpgwError('install-failed', `${wheelName(pinned)} has no ${file}`, {
          hint: 'name the wheel that has it in discovery/knowledge.yaml',
          cause,
        });
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}
