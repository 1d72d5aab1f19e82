/** The artefact store as a folder: for offline previews and for packages that are only looked at. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ArtefactStore, requireKey } from './artefacts.ts';

export function folderStore(dir: string): ArtefactStore {
  const root = resolve(dir);
  const pathOf = (key: string) => join(root, requireKey(key));
  const has = (key: string) =>
    access(pathOf(key)).then(
      () => true,
      () => false,
    );
  return {
    has,
    location: (key) => ({ bucket: root, key: requireKey(key) }),
    async put(key, content) {
      const path = pathOf(key);
      if (await has(key)) return;
      await mkdir(dirname(path), { recursive: true });
      const part = join(dirname(path), `.${randomUUID()}.part`);
      try {
        if (typeof content === 'string') await copyFile(content, part, constants.COPYFILE_FICLONE);
        else await writeFile(part, content);
        const file = await open(part, 'r+');
        await file.sync().finally(() => file.close());
        // A link, not a rename: it fails when another process was first, instead of overwriting.
        await link(part, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      } finally {
        await rm(part, { force: true });
      }
    },
  };
}
