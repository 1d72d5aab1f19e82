/** `mcpgw preview --offline`: the real CLI's preview of a stack as if its account were empty, without any credentials. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OfflineBackend, type Output } from './backend.ts';
import { ensureEngine, type Progress } from './engine.ts';
import { offlineConfig } from './stack-config.ts';

export interface OfflinePreviewOptions {
  root: string;
  stack: string;
  environment?: Record<string, string>;
  /** Pulumi's own JSON digest on stdout. */
  json?: boolean;
  /** Every property of every resource. */
  diff?: boolean;
  color?: boolean;
  onProgress?: Progress;
  onOutput?: (text: string) => void;
}

export async function offlinePreview(options: OfflinePreviewOptions): Promise<Output> {
  const { root, stack, environment = {}, onProgress = () => {}, onOutput } = options;
  const config = await offlineConfig(root, stack);
  const engine = await ensureEngine({ onProgress });
  const backend = await OfflineBackend.open({ root, engine, environment });
  try {
    const created = await createStack(backend, stack, config);
    if (created.exitCode !== 0) return created;
    onProgress(
      `preview of ${stack} against an empty account that is imitated: nothing real is read or changed`,
    );
    return await backend.run(previewArguments(backend, options), onOutput ? { onOutput } : {});
  } finally {
    await backend.close();
  }
}

/** The stack's file in the throw-away folder: the project's own is never written to. */
export function configFile(backend: OfflineBackend, stack: string): string {
  return path.join(backend.project, `Pulumi.${stack}.yaml`);
}

export async function createStack(backend: OfflineBackend, stack: string, config: string): Promise<Output> {
  await writeFile(configFile(backend, stack), config, { mode: 0o600 });
  // In the throw-away project: the CLI writes its encryption salt to the file beside it.
  return backend.run(['stack', 'init', stack], { cwd: backend.project });
}

function previewArguments(backend: OfflineBackend, options: OfflinePreviewOptions): string[] {
  return [
    'preview',
    ...['--stack', options.stack, '--config-file', configFile(backend, options.stack)],
    '--skip-plugin-pre-install',
    ...(options.json ? ['--json'] : []),
    ...(options.diff ? ['--diff'] : []),
    ...['--color', options.color ? 'always' : 'never'],
  ];
}
