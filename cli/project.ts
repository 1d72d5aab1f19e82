/** Loads what most commands begin with: settings, manifest and the plan made of them. */
import { join, resolve } from 'node:path';
import type { Manifest, ToolDefinition } from '../plan/manifest.ts';
import { createPlan, requireSound } from '../plan/plan.ts';
import type { Plan } from '../plan/types.ts';
import { readDefinitions, readManifest } from '../store/manifest.ts';
import { readSettings } from '../store/stackfile.ts';

export const DEFAULT_STACK = 'dev';

export interface Project {
  manifestDir: string;
  manifest: Manifest;
  plan: Plan;
}

export function manifestFolder(root: string, cwd: string, given: string | undefined): string {
  return given === undefined ? join(root, 'manifest') : resolve(cwd, given);
}

/** A plan that may have problems; `sound` refuses those. */
export async function loadProject(options: {
  root: string;
  cwd: string;
  stack?: string | undefined;
  manifest?: string | undefined;
  sound?: boolean;
}): Promise<Project> {
  const manifestDir = manifestFolder(options.root, options.cwd, options.manifest);
  const [settings, manifest] = await Promise.all([
    readSettings(options.root, options.stack ?? DEFAULT_STACK),
    readManifest(manifestDir),
  ]);
  const plan = createPlan(manifest, settings);
  if (options.sound) requireSound(plan);
  return { manifestDir, manifest, plan };
}

/** Definitions of every server in the plan, by server id, verified against the manifest. */
export async function loadDefinitions(project: Project): Promise<Record<string, ToolDefinition[]>> {
  const pairs = await Promise.all(
    project.plan.targets.map(
      async ({ entry }) => [entry.id, await readDefinitions(project.manifestDir, entry)] as const,
    ),
  );
  return Object.fromEntries(pairs);
}
