/** `mcpgw migrate`: manifest and stack files of an older format made into today's, comments kept. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '../../plan/errors.ts';
import { type Lifted, liftManifestFile, liftStackFile } from '../../plan/lift.ts';
import { replaceFile } from '../../store/edit-stackfile.ts';
import { listStacks } from '../../store/stackfile.ts';
import { defineCommand } from '../command.ts';
import { DRY_RUN, MANIFEST } from '../options.ts';
import { manifestFolder } from '../project.ts';

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'lift a manifest and stack files of an older format to this one',
  options: { manifest: MANIFEST, dryRun: DRY_RUN },
  async run({ options, out, root, cwd }) {
    const manifest = manifestFolder(root, cwd, options.manifest);
    const servers = (await readdir(join(manifest, 'servers')).catch(() => [])).filter((name) =>
      name.endsWith('.yaml'),
    );
    const files = [
      ...['source.yaml', ...servers.sort().map((name) => join('servers', name))].map((name) => ({
        path: join(manifest, name),
        lift: (text: string) => liftManifestFile(text, name),
      })),
      ...(await listStacks(root)).map((stack) => ({
        path: join(root, `Pulumi.${stack}.yaml`),
        lift: (text: string) => liftStackFile(text, `Pulumi.${stack}.yaml`),
      })),
    ];
    const lifted: (Lifted & { path: string })[] = [];
    for (const { path, lift } of files) {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text !== undefined) lifted.push({ path, ...lift(text) });
    }
    const changed = lifted.filter(({ changes }) => changes.length > 0);
    // nothing is written before every file could be lifted
    if (!options.dryRun) for (const { path, text } of changed) await replaceFile(path, text);
    const changes = changed.flatMap((each) => each.changes);
    out.document({ dryRun: options.dryRun, changes });
    for (const change of changes) out.print(change);
    if (changes.length === 0) out.print("everything is of today's format");
    return EXIT.done;
  },
});
