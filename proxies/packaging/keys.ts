/**
 * Identity of packages and layers: a hash of everything they are made from, known from the manifest and this
 * program alone. Previews, saved plans and rollbacks name artefacts by it without any file.
 */
import { type Architecture, DEFAULT_PYTHON, LAYER_PYTHONS } from '../../plan/build.ts';
import { McpgwError } from '../../plan/errors.ts';
import { hashJson, hexOf, type Sha256 } from '../../plan/hash.ts';
import type { HookFiles } from '../../plan/hook-files.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { PYTHON_BUILDS } from './python-builds.ts';
import { type ServerFile, serverFileOf } from './server-file.ts';

/** Raise when equal inputs would give other bytes: trim list, zip layout, bootstrap, compile options. */
export const PACKAGER_VERSION = 2;
/** Raise when the layer's content changes for the same Python build. */
export const LAYER_VERSION = 1;

/** Everything a package is made from. */
export interface PackageInputs {
  packager: number;
  serverFile: ServerFile;
  architecture: Architecture;
  form: 'zip' | 'image';
  source: Sha256;
  lock: Sha256;
  /** Packages added beside the lock's runtime ones (manifest `build.repairs`). */
  repairs: string[];
  /** What a build hook would have made (manifest `build.files`). */
  files?: HookFiles;
  handler: Sha256;
}

export function packageInputs(entry: ServerEntry, handler: Sha256): PackageInputs {
  const serverFile = serverFileOf(entry);
  const { source, lock, build } = entry;
  if (source === undefined || lock === undefined || build === undefined) {
    throw new McpgwError('manifest-invalid', `${entry.id}: a package needs source, lock and build`, {
      hint: `run \`mcpgw discover --servers ${entry.id}\``,
    });
  }
  return {
    packager: PACKAGER_VERSION,
    serverFile,
    architecture: build.architecture,
    form: build.form,
    source,
    lock,
    repairs: [...(build.repairs ?? [])].sort(),
    ...(build.files !== undefined && { files: build.files }),
    handler,
  };
}

/** `packages/<server>/<hex>.zip`. For an image the same hex is its tag (see imageTag). */
export function packageKey(inputs: PackageInputs): string {
  return `packages/${inputs.serverFile.server}/${hexOf(hashJson(inputs))}.zip`;
}

/** Tag of a server's image. */
export function imageTag(inputs: PackageInputs): string {
  return hexOf(hashJson(inputs));
}

/** Folder of an image's build context among what `mcpgw package` writes: `images/<server>/<hex>`. */
export function imageKey(inputs: PackageInputs): string {
  return `images/${inputs.serverFile.server}/${imageTag(inputs)}`;
}

/** Key of the Python layer of a minor version: `layers/python<minor>-<architecture>/<hex>.zip`. */
export function layerKey(python: string = DEFAULT_PYTHON, architecture: Architecture = 'arm64'): string {
  const minor = requireLayerPython(python);
  const hex = hexOf(hashJson({ layer: LAYER_VERSION, python: PYTHON_BUILDS[minor], architecture }));
  return `layers/python${minor}-${architecture}/${hex}.zip`;
}

export function requireLayerPython(python: string): (typeof LAYER_PYTHONS)[number] {
  const minor = LAYER_PYTHONS.find((known) => known === python);
  if (minor !== undefined) return minor;
  throw new McpgwError('package-failed', `no layer exists for Python ${python}`, {
    hint: `layers exist for ${LAYER_PYTHONS.join(', ')}`,
  });
}
