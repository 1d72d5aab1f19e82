/** `mcpgw add`: a server into a stack, and into the manifest when it is not there yet. */
import { deprecationOf } from '../../plan/deprecation.ts';
import { EXIT } from '../../plan/errors.ts';
import type { Manifest } from '../../plan/manifest.ts';
import { addServer } from '../../plan/stack-edit.ts';
import { prepareStackEdit } from '../../store/edit-stackfile.ts';
import { readManifest } from '../../store/manifest.ts';
import { readSettings } from '../../store/stackfile.ts';
import { defineCommand } from '../command.ts';
import { DRY_RUN, MANIFEST, STACK } from '../options.ts';
import type { Output } from '../output.ts';
import { planChange, planChangeLines } from '../plan-change.ts';
import { DEFAULT_STACK, manifestFolder } from '../project.ts';
import type { Rediscovery } from '../rediscover.ts';
import { findServer, serverIdOf } from '../server-reference.ts';

export const add = defineCommand({
  name: 'add',
  summary: 'add a server to a stack, and to the manifest when it is not there yet',
  args: [{ name: '<server>', description: 'its id or package; NAME==VERSION as published' }],
  options: { stack: STACK, manifest: MANIFEST, dryRun: DRY_RUN },
  examples: ['mcpgw add aws-network --stack dev', 'mcpgw add awslabs.iam-mcp-server==1.0.25 --dry-run'],
  async run({ args: [given = ''], options, out, root, cwd }) {
    const stack = options.stack ?? DEFAULT_STACK;
    const folder = manifestFolder(root, cwd, options.manifest);
    const before = await readManifest(folder);
    const known = given.includes('==') ? undefined : findServer(given, before);
    const settings = await readSettings(root, stack);
    const found = known === undefined ? await obtain(folder, given, before, out) : undefined;
    try {
      const after = found?.after ?? before;
      const id = known ?? findServer(given, after) ?? serverIdOf(given);
      const edit = await prepareStackEdit(root, stack, (text, file) =>
        addServer(text, id, file, after.servers[id]?.kind),
      );
      const change = planChange([before, settings], [after, edit.settings]);
      const changes = [
        ...(found ? [`manifest: ${id} ${after.servers[id]?.package?.version ?? ''}`] : []),
        ...edit.changes,
      ];
      out.document({ server: id, stack, dryRun: options.dryRun, changes, plan: change });
      for (const line of changes) out.print(line);
      const entry = after.servers[id];
      if (entry?.deprecated !== undefined) out.note(`note: ${id} is ${deprecationOf(entry, after)}`);
      if (changes.length === 0) out.print(`${id} is in stack ${stack} already`);
      for (const line of planChangeLines(stack, change)) out.print(line);
      if (options.dryRun) {
        out.note('dry run: nothing was written');
        return EXIT.done;
      }
      await found?.apply();
      await edit.apply();
      return EXIT.done;
    } finally {
      await found?.dispose();
    }
  },
});

async function obtain(folder: string, given: string, before: Manifest, out: Output): Promise<Rediscovery> {
  const { fromCommit, repin } = await import('../rediscover.ts');
  const id = serverIdOf(given);
  const version = given.split('==')[1];
  if (before.source.type === 'git' && version === undefined) return fromCommit(folder, [id], out);
  return repin(folder, [{ id, name: packageName(given, before), version }], out);
}

/** The name on PyPI: as given, or as all of awslabs' servers are called. */
function packageName(given: string, manifest: Manifest): string {
  const known = findServer(given, manifest);
  const [name = given] = given.split('==', 1);
  return (known && manifest.servers[known]?.package?.name) ?? (name.includes('.') ? name : `awslabs.${name}`);
}
