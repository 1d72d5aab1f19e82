/**
 * The twin of a server's package that runs on this machine: same lock, same packager, this processor and an installed
 * Python of the same minor version; unpacked as Lambda would, or as the image would hold it.
 */
import { join } from 'node:path';
import type { Architecture } from '../../plan/build.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { findInterpreter } from '../../proxies/packaging/interpreter.ts';
import { stageLayer } from '../../proxies/packaging/layer.ts';
import { buildPackage } from '../../proxies/packaging/package.ts';

export interface TwinTools {
  uv: string;
  pythons: string;
  work: string;
}

const layers = new Map<string, Promise<string>>();
export const HOST: Architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';

export async function makeTwin(entry: ServerEntry, source: string, tools: TwinTools) {
  const python = entry.build?.python ?? '';
  const interpreter = await findInterpreter(python, tools);
  const layer = layers.get(python) ?? makeLayer();
  layers.set(python, layer);
  const task = join(tools.work, entry.id);
  // Form `image` is the folder that a zip is made from: the same files.
  const build = { ...entry.build, python, architecture: HOST, form: 'image' as const };
  await buildPackage({ entry: { ...entry, build }, source, uv: tools.uv, interpreter, out: task });
  return { task, layer: await layer };

  async function makeLayer(): Promise<string> {
    const root = join(tools.work, `opt-${python}`);
    await stageLayer({ ...tools, python, architecture: HOST, installed: interpreter, root });
    return root;
  }
}
