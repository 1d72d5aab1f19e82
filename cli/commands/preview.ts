/** `mcpgw preview`: what `pulumi up` would do; with --offline without AWS, credentials or an installed Pulumi. */
import { EXIT } from '../../plan/errors.ts';
import { defineCommand } from '../command.ts';
import { STACK } from '../options.ts';
import { DEFAULT_STACK, loadProject } from '../project.ts';
import { pulumi } from '../pulumi.ts';

export const preview = defineCommand({
  name: 'preview',
  summary: 'what `pulumi up` would change; --offline needs neither AWS nor credentials',
  options: {
    stack: STACK,
    offline: { type: 'boolean', description: 'against a stand-in for AWS, in a throw-away backend' },
    diff: { type: 'boolean', description: 'every property of every resource' },
  },
  examples: ['mcpgw preview --offline --stack prod'],
  async run({ options, out, root, cwd, env }) {
    const stack = options.stack ?? DEFAULT_STACK;
    await loadProject({ root, cwd, stack, sound: true });
    if (!options.offline) {
      const flags = [...(options.diff ? ['--diff'] : []), ...(out.json ? ['--json'] : [])];
      return (await pulumi(root, ['preview', '--stack', stack, ...flags], env)) === 0
        ? EXIT.done
        : EXIT.failed;
    }
    const { offlinePreview } = await import('../../offline/index.ts');
    const result = await offlinePreview({
      root,
      stack,
      json: out.json,
      diff: options.diff,
      onProgress: (message) => out.note(message),
    });
    if (out.json) out.document(JSON.parse(result.stdout));
    else out.print(result.stdout.trimEnd());
    if (result.exitCode !== 0) out.note(result.stderr.trimEnd());
    return result.exitCode === 0 ? EXIT.done : EXIT.failed;
  },
});
