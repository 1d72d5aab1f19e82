/**
 * Makes a copied Python find its own libraries: search paths that name the folder it was copied from are rewritten,
 * inside the ELF file, to the same place relative to the file. Only needed for Pythons that were not built to move.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { isElf, readElf } from './elf.ts';
import { listFiles } from './files.ts';

/** `home` is the copy, `from` the folder that its files still name. */
export async function pointIntoLayer(home: string, from: string): Promise<void> {
  for (const { path } of await listFiles(home)) {
    const bytes = await readFile(join(home, path));
    if (!isElf(bytes)) continue;
    const slots = readElf(bytes).pathSlots;
    if (slots.length === 0) continue;
    for (const { offset, text } of slots) {
      const moved = text
        .split(':')
        .map((entry) =>
          entry === from || entry.startsWith(`${from}/`) ? toOrigin(path, relative(from, entry)) : entry,
        )
        .join(':');
      if (moved.length > text.length) {
        throw new McpgwError(
          'package-failed',
          `${path}: its library path ${text} is too short to be rewritten`,
          {
            hint: 'install that Python into a folder with a longer name, or use a managed build',
          },
        );
      }
      bytes.write(moved, offset, 'latin1');
      // The rest of the old text; the string ends at the first zero.
      bytes.fill(0, offset + moved.length, offset + text.length);
    }
    await writeFile(join(home, path), bytes);
  }
}

function toOrigin(file: string, folder: string): string {
  const way = relative(dirname(file), folder);
  return way === '' ? '$ORIGIN' : `$ORIGIN/${way}`;
}
