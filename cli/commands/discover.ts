/** `mcpgw discover`: finds servers, asks each for its tools, writes the manifest. */
import { resolve } from 'node:path';
import type { DiscoverOptions } from '../../discovery/index.ts';
import { EXIT, McpgwError } from '../../plan/errors.ts';
import { readSettings } from '../../store/stackfile.ts';
import { defineCommand } from '../command.ts';
import { defined } from '../defined.ts';
import { MANIFEST, SERVERS, STACK } from '../options.ts';
import { manifestFolder } from '../project.ts';

export const discover = defineCommand({
  name: 'discover',
  summary: 'find the servers of a checkout (or published ones), ask each for its tools, write the manifest',
  options: {
    checkout: { type: 'string', value: 'dir', description: 'a clone of awslabs/mcp' },
    fromPypi: {
      type: 'strings',
      value: 'package',
      description: 'published servers instead of a checkout, NAME or NAME==VERSION',
    },
    ref: { type: 'string', value: 'ref', description: 'commit, tag or branch to clone (default: as pinned)' },
    manifest: MANIFEST,
    servers: SERVERS,
    noProbe: { type: 'boolean', description: 'read sources only, execute nothing' },
    check: {
      type: 'boolean',
      description: 'write nothing; exit 6 if the manifest is not what the source gives',
    },
    jobs: { type: 'number', value: 'n', description: 'servers at a time (default: number of cores)' },
    python: {
      type: 'string',
      value: 'version',
      description: 'probe with this Python (3.x, or any that fits) instead of 3.13; is recorded',
    },
    profile: {
      type: 'string',
      value: 'name',
      description:
        'AWS profile for servers that tell their tools to an account only (aws-mcp-server, lambda-tool, stepfunctions-tool); no other server gets it',
    },
    stack: {
      ...STACK,
      description: 'stack whose arguments and environment the servers get when they are asked',
    },
    strict: { type: 'boolean', description: 'exit 1 if a server could not be listed' },
  },
  examples: [
    'mcpgw discover --checkout ../mcp',
    'mcpgw discover --from-pypi awslabs.iam-mcp-server awslabs.aws-documentation-mcp-server==1.1.30',
  ],
  async run({ options, out, root, cwd }) {
    const { noteWarnings, openAsker, runDiscovery, summarise } = await import('../discovering.ts');
    const sources = [options.checkout, options.fromPypi, options.ref].filter((given) => given !== undefined);
    if (sources.length > 1) {
      throw new McpgwError('usage', '--checkout, --from-pypi and --ref exclude each other', {
        hint: 'give one of them',
      });
    }
    const { noProbe, check, strict, manifest, checkout, stack, profile, ...rest } = options;
    const asker = profile === undefined ? undefined : await openAsker(profile);
    const result = await runDiscovery(
      {
        ...defined({ ...rest, checkout: checkout && resolve(cwd, checkout) }),
        ...(stack !== undefined && { inputs: await inputsOf(root, stack) }),
        manifest: manifestFolder(root, cwd, manifest),
        ...(asker && { account: { environment: asker.environment } }),
        probe: !noProbe,
        check,
      },
      out,
    ).finally(() => asker?.close());
    noteWarnings(result, out);
    out.document({ ...result, entries: undefined, servers: result.entries.map((entry) => entry.id) });
    for (const line of summarise(result.entries)) out.print(line);
    if (check) {
      if (result.written.length + result.removed.length === 0) return EXIT.done;
      throw new McpgwError(
        'drift',
        `the manifest differs: ${[...result.written, ...result.removed].join(', ')}`,
        {
          hint: 'run `mcpgw discover` and review the diff',
        },
      );
    }
    const unlisted = result.entries.filter(
      (entry) => entry.probe && !['listed', 'not-run'].includes(entry.probe.status),
    );
    if (strict && unlisted.length > 0) {
      throw new McpgwError('probe-failed', `not listed: ${unlisted.map((entry) => entry.id).join(', ')}`);
    }
    return EXIT.done;
  },
});

/** What a stack's settings give to its servers: some list their tools only with it. */
async function inputsOf(root: string, stack: string): Promise<NonNullable<DiscoverOptions['inputs']>> {
  const { servers, region } = await readSettings(root, stack);
  return Object.fromEntries(
    Object.entries(servers.settings).map(([id, given]) => [
      id,
      defined({
        arguments: given.arguments,
        environment: given.environment,
        endpoint: given.endpoint,
        region: given.region ?? region,
      }),
    ]),
  );
}
