/** The files of a folder, sorted by name, as packaging sees them: no links, no surprises. */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { McpgwError } from '../../plan/errors.ts';

export interface FoundFile {
  /** Relative to the folder, with forward slashes. */
  path: string;
  bytes: number;
  executable: boolean;
}

/**
 * Regular files below `folder`, by code unit. A link to a file inside the folder counts as that file (zips of
 * Lambda keep no links); one that leaves the folder, or a device, is an error.
 */
export async function listFiles(folder: string): Promise<FoundFile[]> {
  const root = await realpath(folder);
  const found: FoundFile[] = [];
  const walk = async (dir: string): Promise<void> => {
    for (const item of await readdir(dir, { withFileTypes: true })) {
      const path = join(dir, item.name);
      if (item.isDirectory()) {
        await walk(path);
        continue;
      }
      const target = item.isSymbolicLink() ? await inside(root, path) : path;
      const info = await lstat(target);
      if (info.isDirectory()) continue;
      if (!info.isFile()) {
        throw new McpgwError('package-failed', `${path}: neither a file nor a folder`);
      }
      found.push({
        path: relative(root, path).split(sep).join('/'),
        bytes: info.size,
        executable: (info.mode & 0o100) !== 0,
      });
    }
  };
  await walk(root);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function inside(root: string, link: string): Promise<string> {
  const target = await realpath(link).catch(() => undefined);
  if (target === undefined || !target.startsWith(root + sep)) {
    throw new McpgwError('package-failed', `${link}: a link that leads out of the folder or nowhere`, {
      hint: 'remove the link from the source; nothing outside of it is packaged',
    });
  }
  return target;
}
