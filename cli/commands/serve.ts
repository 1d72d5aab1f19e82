/** `mcpgw serve`: a stack's plan on this machine. */
import { EXIT } from '../../plan/errors.ts';
import { defineCommand } from '../command.ts';
import { MANIFEST, STACK, VERBOSE } from '../options.ts';
import { loadProject } from '../project.ts';
import { placedAsRecorded, spreadNote } from '../recorded.ts';

export const serve = defineCommand({
  name: 'serve',
  summary: "serve a stack's plan on this machine, behind real JWT checks",
  options: {
    verbose: VERBOSE,
    stack: STACK,
    port: { type: 'number', value: 'n', description: 'port on 127.0.0.1 (default 8808; 0: any free one)' },
    profile: {
      type: 'string',
      value: 'name',
      description: 'AWS profile whose credentials the servers get (without it they get none)',
    },
    manifest: MANIFEST,
    checkout: {
      type: 'string',
      value: 'dir',
      description: 'checkout to install servers from (default: as pinned)',
    },
  },
  examples: ['mcpgw serve --stack dev', 'mcpgw serve --stack dev --profile sandbox'],
  async run({ options, out, root, cwd, env }) {
    const { serveProject } = await import('../serving.ts');
    const { stack, manifest } = options;
    const loaded = await loadProject({ root, cwd, stack, manifest, sound: true });
    const { project, spread } = await placedAsRecorded(loaded, root, env);
    if (spread) out.note(spreadNote(project, spread));
    const served = await serveProject(project, { ...options, out, root, cwd, env });
    await served.untilStopped;
    return EXIT.done;
  },
});
