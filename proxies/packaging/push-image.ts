/**
 * Builds the image of a staged context and pushes it, by docker buildx. The Dockerfile only copies, so an image for
 * arm64 is built on any machine without emulation.
 */
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from '../../plan/build.ts';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import type { ImagePlace } from '../../store/images.ts';
import { run } from './run.ts';

export interface ImageToPush {
  /** Folder with Dockerfile, task/ and opt/. */
  context: string;
  architecture: Architecture;
  place: ImagePlace;
  what: string;
}

export interface PushedImage {
  uri: string;
  digest: string;
}

export async function pushImage({ context, architecture, place, what }: ImageToPush): Promise<PushedImage> {
  const config = await mkdtemp(join(tmpdir(), 'mcpgw-docker-'));
  try {
    await writeConfig(config, place);
    const env = { DOCKER_CONFIG: config, SOURCE_DATE_EPOCH: '315532800' };
    await requireBuildx(env, what);
    const metadata = join(config, 'metadata.json');
    await run(
      'docker',
      [
        ...['buildx', 'build', '--push', '--pull', '--tag', place.uri],
        ...['--platform', `linux/${architecture === 'arm64' ? 'arm64' : 'amd64'}`],
        // With them the tag would name an index, which Lambda refuses.
        ...['--provenance=false', '--sbom=false'],
        ...['--metadata-file', metadata, context],
      ],
      { cwd: context, env, what: `${what}: building and pushing its image` },
    );
    return { uri: place.uri, digest: digestIn(await readFile(metadata, 'utf8'), what) };
  } finally {
    await rm(config, { recursive: true, force: true });
  }
}

/** The user's own configuration (plugins, contexts, builders) with one password more, in a folder that goes away. */
async function writeConfig(folder: string, { registry, user, password }: ImagePlace): Promise<void> {
  const own = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
  for (const name of await readdir(own).catch(() => [])) {
    if (name !== 'config.json') await symlink(join(own, name), join(folder, name));
  }
  const text = await readFile(join(own, 'config.json'), 'utf8').catch(() => '{}');
  const { credsStore: _, ...config } = JSON.parse(text) as {
    credsStore?: string;
    credHelpers?: Record<string, string>;
    auths?: object;
  };
  // A helper goes before a password.
  const credHelpers = { ...config.credHelpers };
  delete credHelpers[registry];
  const auth = Buffer.from(`${user}:${password}`).toString('base64');
  const auths = { ...config.auths, [registry]: { auth } };
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, credHelpers, auths }), {
    mode: 0o600,
  });
}

async function requireBuildx(env: Record<string, string>, what: string): Promise<void> {
  for (const args of [
    ['buildx', 'version'],
    ['version', '--format', '{{.Server.Version}}'],
  ]) {
    await run('docker', args, { cwd: tmpdir(), env, what }).catch((cause: unknown) => {
      throw new McpgwError('tool-missing-on-machine', `${what} needs an image: ${messageOf(cause)}`, {
        hint: 'install Docker with buildx and start its engine, or package on a machine that has it: a stack names images by their inputs, wherever they were built',
        cause,
      });
    });
  }
}

function digestIn(metadata: string, what: string): string {
  const digest = (JSON.parse(metadata) as Record<string, unknown>)['containerimage.digest'];
  if (typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new McpgwError('package-failed', `${what}: docker does not tell the digest of what it pushed`);
}
