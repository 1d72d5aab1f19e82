/** The start of an unpacked package: server.json's command with the folders of this place filled in. */
import type { LaunchSpec } from '../../plan/types.ts';

/** Where Lambda unpacks layers, and where our images put Python. */
export const LAYER_ROOT = '/opt';

/** `taskRoot` and `layerRoot`: where package and layer are unpacked. */
export function launchOf(
  file: LaunchSpec,
  { taskRoot, layerRoot = LAYER_ROOT }: { taskRoot: string; layerRoot?: string },
): LaunchSpec {
  const fill = (text: string) =>
    text
      .replaceAll('{root}', taskRoot)
      .replaceAll('{layer}', layerRoot)
      .replaceAll('{node}', process.execPath);
  return {
    command: fill(file.command),
    args: file.args.map(fill),
    env: Object.fromEntries(Object.entries(file.env).map(([name, value]) => [name, fill(value)])),
  };
}
