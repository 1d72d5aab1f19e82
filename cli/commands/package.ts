/** `mcpgw package`: the Lambda packages and layers of servers, built where their key is new, published when asked. */
import { resolve } from 'node:path';
import { EXIT } from '../../plan/errors.ts';
import { accountStore } from '../../store/artefacts.ts';
import { accountImages } from '../../store/images.ts';
import { readSettings } from '../../store/stackfile.ts';
import { defineCommand } from '../command.ts';
import { MANIFEST, SERVERS, STACK } from '../options.ts';
import { table } from '../output.ts';
import { DEFAULT_STACK, loadProject } from '../project.ts';

export const packageCommand = defineCommand({
  name: 'package',
  summary: 'build the Lambda packages and images of servers, and publish them to the artefact store',
  options: {
    servers: SERVERS,
    stack: STACK,
    manifest: MANIFEST,
    out: { type: 'string', value: 'dir', description: 'where they are laid out (default: .mcpgw/artefacts)' },
    publish: { type: 'boolean', description: "put up what the stack's artefact store lacks" },
    checkout: {
      type: 'string',
      value: 'dir',
      description: 'checkout to take sources from (default: as pinned)',
    },
    testPython: {
      type: 'string',
      value: 'path',
      description: 'for this machine only, with this Python; never published',
    },
    jobs: { type: 'number', value: 'n', description: 'packages at a time' },
  },
  examples: ['mcpgw package --servers iam-mcp-server', 'mcpgw package --stack dev --publish'],
  async run({ options, out, root, cwd }) {
    const { chooseEntries, failureText, packageEntries } = await import('../packaging.ts');
    const stack = options.stack ?? DEFAULT_STACK;
    const { manifest, plan } = await loadProject({ root, cwd, stack, manifest: options.manifest });
    // The stack's settings decide too (a zip or an image): its own entry where it has the server.
    const planned = new Map(plan.targets.map(({ server, entry }) => [server, entry]));
    const chosen =
      options.servers === undefined
        ? [...planned.values()]
        : chooseEntries(manifest, options.servers).map((entry) => planned.get(entry.id) ?? entry);
    const settings = await readSettings(root, stack);
    const made = await packageEntries(
      {
        root,
        manifest,
        entries: chosen,
        folder: options.out === undefined ? undefined : resolve(cwd, options.out),
        checkout: options.checkout === undefined ? undefined : resolve(cwd, options.checkout),
        ...(options.publish
          ? {
              publish: await accountStore(settings.region, settings.artefacts.bucket),
              images: await accountImages(settings.region),
            }
          : {}),
        testPython: options.testPython,
        jobs: options.jobs,
      },
      out,
    );
    out.document({
      ...made,
      failed: made.failed.map(({ artefact, error }) => ({
        artefact,
        code: error.code,
        message: error.message,
      })),
    });
    const rows = [
      ...made.packages.map(({ server, form, status, key }) => [server, form, status, key]),
      ...made.layers.map(({ python, architecture, status, key }) => [
        `python ${python} ${architecture}`,
        'layer',
        status,
        key,
      ]),
    ];
    if (rows.length > 0) out.print(table([['ARTEFACT', 'FORM', 'STATUS', 'KEY'], ...rows]));
    for (const { server, report } of made.packages)
      for (const said of report?.notes ?? []) out.note(`${server}: ${said}`);
    for (const { server, reason } of made.skipped) out.print(`skipped ${server}: ${reason}`);
    for (const failure of made.failed) out.note(failureText(failure));
    return made.failed.length > 0 ? EXIT.failed : EXIT.done;
  },
});
