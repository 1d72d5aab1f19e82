/**
 * Writes a manifest in a process of its own that dies at its N-th change of the file system (`kill N`), or meets a
 * full disk at the first, then at the second and so on (`full`), telling after each what a reader finds.
 */
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
