/** The throw-away backend of a rehearsal, with the stack made in it. */
import { ensureEngine, OfflineBackend } from '../../offline/index.ts';
import { configFile, createStack } from '../../offline/preview.ts';
import { offlineConfig } from '../../offline/stack-config.ts';
import { McpgwError } from '../../plan/errors.ts';

export async function openRehearsal(
  root: string,
  stack: string,
  onProgress: (text: string) => void,
): Promise<{ backend: OfflineBackend; configFile: string }> {
  const config = await offlineConfig(root, stack);
  const backend = await OfflineBackend.open({ root, engine: await ensureEngine({ onProgress }) });
  const made = await createStack(backend, stack, config);
  if (made.exitCode !== 0) {
    await backend.close();
    throw new McpgwError('deploy-failed', `the rehearsal's stack could not be made: ${made.stderr.trim()}`);
  }
  return { backend, configFile: configFile(backend, stack) };
}
