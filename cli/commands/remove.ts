/** `mcpgw remove`: a server out of a stack; out of a manifest of published packages too when no stack is left with it. */
import { EXIT } from '../../plan/errors.ts';
import { matchesGlobs } from '../../plan/globs.ts';
import type { Manifest } from '../../plan/manifest.ts';
import type { Settings } from '../../plan/settings/settings.ts';
import { removeServer } from '../../plan/stack-edit.ts';
import { prepareStackEdit } from '../../store/edit-stackfile.ts';
import { readManifest, writeManifest } from '../../store/manifest.ts';
import { listStacks, readSettings } from '../../store/stackfile.ts';
import { defineCommand } from '../command.ts';
import { DRY_RUN, MANIFEST, STACK } from '../options.ts';
import { planChange, planChangeLines } from '../plan-change.ts';
import { DEFAULT_STACK, manifestFolder } from '../project.ts';
import { requireServer } from '../server-reference.ts';

export const remove = defineCommand({
  name: 'remove',
  summary: 'take a server out of a stack',
  args: [{ name: '<server>', description: 'its id or package' }],
  options: { stack: STACK, manifest: MANIFEST, dryRun: DRY_RUN },
  examples: ['mcpgw remove aws-network --stack dev --dry-run'],
  async run({ args: [given = ''], options, out, root, cwd }) {
    const stack = options.stack ?? DEFAULT_STACK;
    const folder = manifestFolder(root, cwd, options.manifest);
    const before = await readManifest(folder);
    const id = requireServer(given, before);
    const settings = await readSettings(root, stack);
    const edit = await prepareStackEdit(root, stack, (text, file) => removeServer(text, id, file));
    const others = await Promise.all(
      (await listStacks(root)).filter((name) => name !== stack).map((name) => readSettings(root, name)),
    );
    const after = without(before, id, [edit.settings, ...others]);
    const change = planChange([before, settings], [after, edit.settings]);
    const changes = [
      ...edit.changes,
      ...(after === before ? [] : [`manifest: ${id} removed, no stack has it`]),
    ];
    out.document({ server: id, stack, dryRun: options.dryRun, changes, plan: change });
    for (const line of changes) out.print(line);
    if (changes.length === 0) out.print(`${id} is not in stack ${stack}`);
    for (const line of planChangeLines(stack, change)) out.print(line);
    if (options.dryRun) {
      out.note('dry run: nothing was written');
      return EXIT.done;
    }
    await edit.apply();
    if (after !== before) {
      const { source, servers } = after;
      await writeManifest(folder, { source, servers: [], definitions: {}, keep: Object.keys(servers) });
    }
    return EXIT.done;
  },
});

/** A manifest of chosen packages holds what stacks choose; one of a whole repository holds the repository. */
function without(manifest: Manifest, id: string, stacks: readonly Settings[]): Manifest {
  const name = manifest.servers[id]?.package?.name;
  const wanted = stacks.some(
    ({ servers }) => matchesGlobs(id, servers.include) && !matchesGlobs(id, servers.exclude),
  );
  if (manifest.source.type !== 'pypi' || wanted || name === undefined) return manifest;
  const { [id]: _, ...servers } = manifest.servers;
  const { [name]: __, ...packages } = manifest.source.packages;
  return { source: { ...manifest.source, packages }, servers };
}
