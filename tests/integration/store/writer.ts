/**
 * Writes a manifest in a process of its own that dies at its N-th change of the file system (`kill N`), or meets a
 * full disk at the first, then at the second and so on (`full`), telling after each what a reader finds. `disk` fills
 * the real one that the folder is on, and leaves a block more of it each time.
 */
import { open, rm } from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const [folder = '', how = 'full', killAt = '1'] = process.argv.slice(2);
const fs = createRequire(import.meta.url)('node:fs/promises') as Record<
  string,
  (...args: unknown[]) => unknown
>;

let at = Number(killAt);
let operations = 0;
for (const name of ['mkdir', 'rename', 'rm', 'link', 'open', 'symlink', 'copyFile']) {
  const real = fs[name];
  if (!real) throw new Error(`fs has no ${name}`);
  fs[name] = async (...args: unknown[]) => {
    operations += 1;
    if (operations !== at) return real(...args);
    if (how === 'full') throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  };
}
syncBuiltinESMExports();

const { writeManifest } = await import('../../../store/manifest.ts');
const { manifests, snapshot } = await import('./manifests.ts');

if (how === 'kill') {
  await writeManifest(folder, manifests.after);
} else if (how === 'disk') {
  at = Number.NEGATIVE_INFINITY;
  for (let reached = true, blocks = 0; reached; blocks += 1) {
    await writeManifest(folder, manifests.before);
    await fillDisk(`${folder}.ballast`, blocks);
    const said = await writeManifest(folder, manifests.after).then(
      () => 'written',
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    reached = said !== 'written';
    process.stdout.write(`${JSON.stringify({ said, found: await snapshot(folder) })}\n`);
    await rm(`${folder}.ballast`);
  }
} else {
  for (let reached = true; reached; at += 1) {
    operations = 0;
    await writeManifest(folder, manifests.after).catch(() => {});
    reached = operations >= at;
    operations = Number.NEGATIVE_INFINITY; // from here on the disk has room
    process.stdout.write(`${JSON.stringify({ reached, found: await snapshot(folder) })}\n`);
    await writeManifest(folder, manifests.before);
  }
}

/** Until nothing more fits, less some blocks. */
async function fillDisk(file: string, blocks: number): Promise<void> {
  const BLOCK = 4096;
  const ballast = await open(file, 'w');
  let size = 0;
  try {
    for (;;) size += (await ballast.write(Buffer.alloc(BLOCK), 0, BLOCK)).bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  await ballast.truncate(Math.max(0, size - blocks * BLOCK));
  await ballast.close();
}
