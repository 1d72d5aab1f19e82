/** `npm start`: discovers the default set when it has changed, serves it and prints how to use it. */
import { join } from 'node:path';
import { EXIT } from '../../plan/errors.ts';
import { stateDir } from '../../store/paths.ts';
import { defineCommand } from '../command.ts';
import { DEFAULT_SET, FIRST_CALL } from '../default-set.ts';
import { VERBOSE } from '../options.ts';
import { loadProject } from '../project.ts';

export const start = defineCommand({
  name: 'start',
  summary: 'discover a small default set of servers and serve it on this machine',
  options: {
    verbose: VERBOSE,
    port: { type: 'number', value: 'n', description: 'port on 127.0.0.1 (default 8808; 0: any free one)' },
    profile: { type: 'string', value: 'name', description: 'AWS profile whose credentials the servers get' },
  },
  async run({ options, out, root, cwd, env }) {
    const { noteWarnings, runDiscovery } = await import('../discovering.ts');
    const { serveProject } = await import('../serving.ts');
    const manifest = join(stateDir(root), 'manifest');
    const result = await runDiscovery({ fromPypi: [...DEFAULT_SET], manifest, python: 'any' }, out);
    if (options.verbose) noteWarnings(result, out);
    const project = await loadProject({ root, cwd, stack: 'local', manifest, sound: true });
    const served = await serveProject(project, { ...options, firstCall: FIRST_CALL, out, root, cwd, env });
    await served.untilStopped;
    return EXIT.done;
  },
});
