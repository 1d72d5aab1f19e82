/** The resources a branch changes: against the real stack, or from the base brought up in an empty imitation. */
import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { ensureEngine, OfflineBackend } from '../offline/index.ts';
import { configFile, createStack } from '../offline/preview.ts';
import { offlineConfig } from '../offline/stack-config.ts';
import { McpgwError } from '../plan/errors.ts';
import {
  type ResourceChange,
  type ResourceReview,
  readDigest,
  without,
} from '../plan/review/preview-digest.ts';
import { pulumiDriver } from './deploying/driver.ts';

interface Sides {
  root: string;
  /** The base's tree; undefined where it has no such stack. */
  base: string | undefined;
  stack: string;
  say(text: string): void;
}

/** Needs no credentials: it shows what the program changes, not the drift of the real stack. */
export async function previewOffline({ root, base, stack, say }: Sides): Promise<ResourceReview> {
  const backend = await OfflineBackend.open({ root, engine: await ensureEngine({ onProgress: say }) });
  const file = configFile(backend, stack);
  const flags = ['--stack', stack, '--config-file', file, '--skip-plugin-pre-install', '--color', 'never'];
  try {
    const made = await createStack(backend, stack, await offlineConfig(base ?? root, stack));
    if (made.exitCode !== 0) throw failed('the stack could not be made', made.stderr);
    if (base !== undefined) {
      say(`bringing the base of ${stack} up offline`);
      const up = await backend.run(['up', '--yes', '--skip-preview', ...flags], { cwd: base });
      if (up.exitCode !== 0)
        throw failed('the base could not be brought up offline', `${up.stdout}\n${up.stderr}`);
      await useConfig(file, await offlineConfig(root, stack));
    }
    say(`previewing the head of ${stack} offline`);
    return digestOf(await backend.run(['preview', '--json', ...flags], { cwd: root }));
  } finally {
    await backend.close();
  }
}

export interface LiveReview {
  /** What the branch changes, but for what waits already. */
  resources: ResourceReview;
  /** What was merged and is not deployed yet. */
  waiting: ResourceChange[];
  /** What somebody changed by hand: the base would change it back. */
  drift: ResourceChange[];
}

/** With the user's own Pulumi, backend and credentials. */
export async function previewLive({
  root,
  base,
  stack,
  env,
  say,
}: Sides & { env: NodeJS.ProcessEnv }): Promise<LiveReview> {
  const preview = async (folder: string, ...more: string[]) =>
    digestOf(await pulumiDriver(folder, stack, env).run(['preview', '--json', ...more]));
  say(`previewing ${stack}`);
  const head = await preview(root);
  if (base === undefined) return { resources: head, waiting: [], drift: [] };
  say(`previewing the base of ${stack}, to see what waits already`);
  const planned = await preview(base);
  say('and again with what is really there, to see what was changed by hand');
  const real = await preview(base, '--refresh');
  const ofBase = [...planned.errors, ...real.errors].map((error) => `on the base: ${error}`);
  return {
    resources: {
      ...head,
      changes: without(head.changes, planned.changes),
      errors: [...new Set([...head.errors, ...ofBase])],
    },
    waiting: planned.changes,
    drift: without(real.changes, planned.changes),
  };
}

function digestOf({ stdout, stderr }: { stdout: string; stderr: string }): ResourceReview {
  if (!stdout.trimStart().startsWith('{')) throw failed('the preview failed', `${stdout}\n${stderr}`);
  return readDigest(stdout);
}

/** The head's settings in the file that holds the throw-away stack's encryption salt. */
async function useConfig(file: string, config: string): Promise<void> {
  const old = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, stringify({ ...old, ...(parse(config) as Record<string, unknown>) }), {
    mode: 0o600,
  });
}

function failed(what: string, said: string): McpgwError {
  return new McpgwError('deploy-failed', `${what}:\n${said.trim().slice(-2000)}`, {
    hint: 'run `mcpgw preview --offline` on that revision to see it alone',
  });
}
