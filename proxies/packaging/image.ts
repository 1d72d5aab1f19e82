/**
 * The build context of a server's container image, for servers that no zip can hold: the same folders that zip and
 * layer would unpack to, on AWS's base image of the handler's runtime. push-image.ts builds and pushes it.
 */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LAYER_ROOT } from './launch.ts';
import { type LayerOptions, stageLayer } from './layer.ts';
import { buildPackage, type PackageOptions, type PackageReport } from './package.ts';
import { LAMBDA_HANDLER } from './server-file.ts';

/**
 * AWS's image of the nodejs24.x runtime: Amazon Linux 2023, Node at /var/lang/bin/node. By its tag, which AWS patches:
 * no digest is known without asking the registry, and a pinned one would stay unpatched.
 */
export const BASE_IMAGE = 'public.ecr.aws/lambda/nodejs:24';

export function dockerfile(server: string): string {
  return [
    `# ${server}: made by \`mcpgw package\`; the tag is the hash of what is copied here.`,
    `ARG BASE=${BASE_IMAGE}`,
    'FROM $BASE',
    // The larger and rarer changing part first, for the layer cache.
    `COPY opt/ ${LAYER_ROOT}/`,
    'COPY task/ $LAMBDA_TASK_ROOT/',
    `CMD ["${LAMBDA_HANDLER}"]`,
    '',
  ].join('\n');
}

/** Writes `out/` with Dockerfile, task/ and opt/, whole or not at all. */
export async function buildImageContext(
  options: PackageOptions & { layer: Omit<LayerOptions, 'out'> },
): Promise<PackageReport> {
  await mkdir(dirname(options.out), { recursive: true });
  const work = await mkdtemp(join(dirname(options.out), '.building-'));
  try {
    const context = join(work, 'context');
    const report = await buildPackage({ ...options, out: join(context, 'task') });
    await stageLayer({ ...options.layer, root: join(context, 'opt') });
    await writeFile(join(context, 'Dockerfile'), dockerfile(options.entry.id));
    await rm(options.out, { recursive: true, force: true });
    await rename(context, options.out);
    return report;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
