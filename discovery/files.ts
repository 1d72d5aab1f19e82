/**
 * Reading a tree that may be hostile: links are never followed, sizes and counts are bounded, only regular files are read.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../plan/errors.ts';

export const FILE_LIMITS = { bytes: 16_000_000, totalBytes: 200_000_000, files: 20_000, depth: 24 } as const;

/**
 * Content of a regular file, or undefined when it is absent, a link, or anything else that is no regular file.
 * Synchronous inside: for thousands of small files that is several times faster than the thread pool.
 */
export async function readRegular(
  file: string,
  limit: number = FILE_LIMITS.bytes,
): Promise<Buffer | undefined> {
  const handle = openRegular(file);
  if (handle === undefined) return undefined;
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return undefined;
    if (stat.size > limit) {
      throw new McpgwError(
        'not-a-checkout',
        `${file}: ${stat.size} bytes, more than the ${limit} that are read`,
        {
          hint: 'a server of awslabs/mcp has no such file; check where the checkout comes from',
        },
      );
    }
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Without waiting: opening a pipe for reading would otherwise block until somebody writes to it. */
function openRegular(file: string): number | undefined {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** Is it a directory itself, not a link to one? */
export async function isDirectory(directory: string): Promise<boolean> {
  return (await lstat(directory).catch(() => undefined))?.isDirectory() ?? false;
}

const SKIPPED_DIRECTORIES = new Set([
  '__pycache__',
  '.git',
  '.venv',
  'node_modules',
  '.pytest_cache',
  '.ruff_cache',
]);
const SKIPPED_FILES = /(?:\.py[cod]|~)$|^\.DS_Store$|^\.gitignore$/;

/** Regular files under root/start, as sorted slash paths relative to root; caches and links left out. */
export async function listFiles(root: string, start: string): Promise<string[]> {
  const found: string[] = [];
  const visit = (relative: string, depth: number): void => {
    const entries = readdirSync(path.join(root, relative), { withFileTypes: true });
    for (const entry of entries) {
      const below = `${relative}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED_DIRECTORIES.has(entry.name)) {
        if (depth >= FILE_LIMITS.depth) throw tooMuch(root, `deeper than ${FILE_LIMITS.depth} folders`);
        visit(below, depth + 1);
      } else if (entry.isFile() && !SKIPPED_FILES.test(entry.name)) {
        found.push(below);
        if (found.length > FILE_LIMITS.files) throw tooMuch(root, `more than ${FILE_LIMITS.files} files`);
      }
    }
  };
  if (await isDirectory(path.join(root, start))) visit(start, 0);
  return found.sort();
}

function tooMuch(root: string, what: string): McpgwError {
  return new McpgwError('not-a-checkout', `${root}: ${what}`, {
    hint: 'a server of awslabs/mcp is far smaller; check where the checkout comes from',
  });
}
