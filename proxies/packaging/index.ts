/**
 * `mcpgw package`: packages and layers of chosen servers, built only where their key is not there yet, and put into
 * an artefact store when asked. One server that cannot be packaged does not stop the others.
 */
import { join } from 'node:path';
import type { Architecture } from '../../plan/build.ts';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { type ArtefactStore, TEST_ONLY } from '../../store/artefacts.ts';
import type { ImageStore } from '../../store/images.ts';
import { cacheDir } from '../../store/paths.ts';
import { handlerHash } from './handler-bundle.ts';
import { buildImageContext } from './image.ts';
import { askInterpreter, findInterpreter, type Interpreter } from './interpreter.ts';
import { imageKey, imageTag, layerKey, packageInputs, packageKey } from './keys.ts';
import { buildLayer, type LayerReport, testOnlyLayerKey } from './layer.ts';
import { type ArtefactStatus, obtain, type Shelf } from './obtain.ts';
import { buildPackage, type PackageReport } from './package.ts';
import { inParallel } from './parallel.ts';
import { pushImage } from './push-image.ts';

export type { LayerReport } from './layer.ts';
export type { ArtefactStatus } from './obtain.ts';
export type { PackageReport } from './package.ts';

export interface PackageServersOptions {
  /** Those that are not stdio servers, or cannot be hosted, are left out with the reason. */
  entries: readonly ServerEntry[];
  /** The folder with an entry's pinned sources (pyproject.toml, uv.lock, package); asked only for what is built. */
  sourceOf: (entry: ServerEntry) => Promise<string>;
  /** Path of uv. */
  uv: string;
  /** Folder for what is built, laid out by key like an artefact store. */
  out: string;
  /** Puts up what this store lacks; what it has is not even built. */
  publish?: ArtefactStore;
  /** The same for servers that need an image: built and pushed by Docker. */
  images?: ImageStore;
  /** An installed Python to package for and with, on this machine's processor: for tests, never deployed. */
  testPython?: string;
  jobs?: number;
  onProgress?: (event: PackageEvent) => void;
}

export interface PackageEvent {
  type: 'progress';
  done: number;
  total: number;
  message: string;
}

export interface PackagedServer {
  server: string;
  form: 'zip' | 'image';
  key: string;
  /** The zip, or the folder of an image's build context; none when the store had it. */
  path?: string;
  status: ArtefactStatus;
  report?: PackageReport;
}

export interface PackagedLayer {
  python: string;
  architecture: Architecture;
  key: string;
  path?: string;
  status: ArtefactStatus;
  report?: LayerReport;
}

export interface PackagingResult {
  packages: PackagedServer[];
  layers: PackagedLayer[];
  skipped: { server: string; reason: string }[];
  failed: { artefact: string; error: McpgwError }[];
  /** Keys that were put into the store in this run. */
  published: string[];
}

export async function packageServers(options: PackageServersOptions): Promise<PackagingResult> {
  const pythons = join(cacheDir(), 'pythons');
  const installed = options.testPython === undefined ? undefined : await testInterpreter(options.testPython);
  const result: PackagingResult = { packages: [], layers: [], skipped: [], failed: [], published: [] };
  const handler = await handlerHash();
  const entries = options.entries.flatMap((entry) => {
    const reason = reasonToSkip(entry);
    if (reason === undefined) return [installed === undefined ? entry : forThisMachine(entry, installed)];
    result.skipped.push({ server: entry.id, reason });
    return [];
  });
  // An image carries its Python itself.
  const zips = entries.filter((entry) => entry.build?.form !== 'image');
  const layers = new Map(
    zips.map((entry) => [JSON.stringify([entry.build?.python, architectureOf(entry)]), entry]),
  );
  let done = 0;
  const total = entries.length + layers.size;
  const attempt = async (artefact: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (cause) {
      const error =
        cause instanceof McpgwError ? cause : new McpgwError('package-failed', messageOf(cause), { cause });
      result.failed.push({ artefact, error });
    }
    done += 1;
    options.onProgress?.({ type: 'progress', done, total, message: artefact });
  };
  const mark = installed === undefined ? '' : TEST_ONLY;
  const common = { uv: options.uv, pythons, ...(installed !== undefined && { installed }) };
  const { out, publish: store, images } = options;
  const inStore = (key: string): { out: string; shelf?: Shelf } => {
    if (store === undefined) return { out };
    const put = async (path: string) => {
      await store.put(key, path);
      result.published.push(key);
    };
    return { out, shelf: { has: () => store.has(key), put } };
  };
  const inRegistry = (key: string, tag: string, entry: ServerEntry): { out: string; shelf?: Shelf } => {
    // Made with a Python of this machine: for a try here, like what the bucket refuses.
    if (images === undefined || installed !== undefined) return { out };
    const put = async (context: string) => {
      const place = await images.open(tag);
      await pushImage({ context, architecture: architectureOf(entry), place, what: entry.id });
      result.published.push(key);
    };
    return { out, shelf: { has: () => images.has(tag), put } };
  };

  const layerBytes = new Map<string, number>();
  await inParallel(options.jobs ?? 2, [...layers], async ([id, entry]) => {
    const [python, architecture] = [entry.build?.python ?? '', architectureOf(entry)];
    await attempt(`Python ${python} layer for ${architecture}`, async () => {
      const key =
        installed === undefined ? layerKey(python, architecture) : testOnlyLayerKey(installed, architecture);
      const made = await obtain<LayerReport>(key, {
        ...inStore(key),
        build: (path) => buildLayer({ ...common, python, architecture, out: path }),
      });
      if (made.report !== undefined) layerBytes.set(id, made.report.unpackedBytes);
      result.layers.push({ python, architecture, key, ...made });
    });
  });

  await inParallel(options.jobs ?? 2, entries, (entry) =>
    attempt(entry.id, async () => {
      const inputs = packageInputs(entry, handler);
      const [python, architecture] = [inputs.serverFile.python, inputs.architecture];
      const key = mark + (inputs.form === 'zip' ? packageKey(inputs) : imageKey(inputs));
      const bytes = layerBytes.get(JSON.stringify([python, architecture]));
      const build = async (out: string) => {
        const source = await options.sourceOf(entry);
        const interpreter = installed ?? (await findInterpreter(python, { uv: options.uv, pythons }));
        const packaging = {
          entry,
          source,
          uv: options.uv,
          interpreter,
          out,
          ...(bytes && { layerBytes: bytes }),
        };
        return inputs.form === 'zip'
          ? buildPackage(packaging)
          : buildImageContext({ ...packaging, layer: { ...common, python, architecture } });
      };
      const tag = imageTag(inputs);
      const place = inputs.form === 'zip' ? inStore(key) : inRegistry(key, tag, entry);
      const made = await obtain<PackageReport>(key, { ...place, build });
      result.packages.push({ server: entry.id, form: inputs.form, key, ...made });
    }),
  );
  result.packages.sort((a, b) => (a.server < b.server ? -1 : 1));
  result.layers.sort((a, b) => (a.key < b.key ? -1 : 1));
  return result;
}

function reasonToSkip(entry: ServerEntry): string | undefined {
  if (entry.kind !== 'stdio' && entry.signing === undefined)
    return `a ${entry.kind} server has no process to package`;
  if (entry.hosting?.lambda === false) return entry.hosting.reason ?? 'it cannot run on Lambda';
  return undefined;
}

function architectureOf(entry: ServerEntry): Architecture {
  return entry.build?.architecture ?? 'arm64';
}

async function testInterpreter(path: string): Promise<Interpreter> {
  const interpreter = await askInterpreter(path);
  if (interpreter !== undefined) return interpreter;
  throw new McpgwError('usage', `${path} is no CPython that runs here`, {
    hint: 'name the interpreter itself, such as /usr/bin/python3.11',
  });
}

/** The same server, built for a Python and processor of this machine instead of Lambda's. */
function forThisMachine(entry: ServerEntry, installed: Interpreter): ServerEntry {
  const architecture = installed.machine === 'aarch64' || installed.machine === 'arm64' ? 'arm64' : 'x86_64';
  return { ...entry, build: { form: 'zip', ...entry.build, python: installed.minor, architecture } };
}
