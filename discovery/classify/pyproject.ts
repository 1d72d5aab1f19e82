/** pyproject.toml as far as discovery needs it: parsed once, checked once. */
import { parse } from 'smol-toml';
import { z } from 'zod';
import { messageOf } from '../../plan/errors.ts';
import { hatchTool } from '../../plan/hatch.ts';

const strings = z.record(z.string(), z.string());
const schema = z.object({
  project: z.object({
    name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/, 'is no package name'),
    version: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,63}$/, 'is no version')
      .optional(),
    'requires-python': z.string().max(100).optional(),
    scripts: strings.optional(),
    dependencies: z.array(z.string()).optional(),
    readme: z.unknown().optional(),
  }),
  'build-system': z.object({ requires: z.array(z.string()).optional() }).optional(),
  tool: hatchTool,
});

export interface Pyproject {
  name: string;
  version: string;
  requiresPython: string | undefined;
  scripts: Readonly<Record<string, string>>;
  /** Folders that become the wheel. */
  packages: readonly string[];
  /** Files of the build beside the package: custom build hooks. */
  buildFiles: readonly string[];
}

/** Throws a plain Error that says what is wrong; the caller names the file. */
export function parsePyproject(bytes: Buffer): Pyproject {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const result = schema.safeParse(parseToml(text));
  if (!result.success) {
    throw new Error(
      result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  }
  const { project, tool } = result.data;
  const wheel = tool?.hatch?.build?.targets?.wheel;
  const packages = (wheel?.packages ?? []).filter(isInside);
  return {
    name: project.name,
    version: project.version ?? '0',
    requiresPython: project['requires-python'],
    scripts: project.scripts ?? {},
    packages: packages.length > 0 ? packages : ['awslabs'],
    buildFiles: hookFiles(wheel?.hooks).concat(hookFiles(tool?.hatch?.build?.hooks)),
  };
}

function parseToml(text: string): unknown {
  try {
    return parse(text, { maxDepth: 64 });
  } catch (error) {
    throw new Error(messageOf(error).split('\n')[0]);
  }
}

function hookFiles(hooks: unknown): string[] {
  const custom = (hooks as { custom?: { path?: unknown } } | undefined)?.custom;
  if (custom === undefined) return [];
  const file = typeof custom.path === 'string' ? custom.path : 'hatch_build.py';
  return isInside(file) ? [file] : [];
}

function isInside(relative: string): boolean {
  return relative !== '' && !relative.startsWith('/') && !relative.split(/[\\/]/).includes('..');
}
