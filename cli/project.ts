/** Loads what most commands begin with: settings, manifest and the plan made of them. */
import { join, resolve } from 'node:path';
import { McpgwError } from '../plan/errors.ts';
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

/** Definitions of every server in the plan, by server id, verified against the manifest; all that are missing told at once. */
export async function loadDefinitions(project: Project): Promise<Record<string, ToolDefinition[]>> {
  const missing: string[] = [];
  const pairs: [string, ToolDefinition[]][] = [];
  for (const { entry } of project.plan.targets) {
    try {
      pairs.push([entry.id, await readDefinitions(project.manifestDir, entry)]);
    } catch (error) {
      if (!(error instanceof McpgwError) || error.code !== 'definitions-missing') throw error;
      missing.push(entry.id);
    }
  }
  if (missing.length === 0) return Object.fromEntries(pairs);
  const folder = join(project.manifestDir, 'tools');
  throw new McpgwError('definitions-missing', `${folder} lacks the definitions of ${missing.join(', ')}`, {
    hint: `obtain them with \`mcpgw discover --servers ${missing.join(' ')}\` (with --checkout DIR if the repository is on this machine)`,
  });
}
