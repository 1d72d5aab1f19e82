/**
 * Which console script starts the server. The rule, checked against every server of awslabs/mcp:
 * keep the entries of [project.scripts] whose module file exists in the package and binds the attribute at its top level,
 * as something that can be called without arguments; of those prefer the key that equals project.name, then the one that equals the directory, then the first.
 */
import path from 'node:path';
import { sha256 } from '../../plan/hash.ts';
import { readRegular } from '../files.ts';
import { readersHash, remembered } from '../memory.ts';
import type { TopLevel } from '../static/module.ts';
import type { Pyproject } from './pyproject.ts';

export interface Entrypoint {
  script: string;
  module: string;
  attribute: string;
}

/** The entrypoint, or why each script is none. */
export async function findEntrypoint(
  directory: string,
  id: string,
  project: Pyproject,
): Promise<{ entrypoint?: Entrypoint; rejected: Record<string, string> }> {
  const rejected: Record<string, string> = {};
  const valid: Entrypoint[] = [];
  for (const [script, target] of Object.entries(project.scripts)) {
    const parsed = parseTarget(script, target);
    const problem = parsed === undefined ? 'is not module:attribute' : await problemOf(directory, parsed);
    if (parsed !== undefined && problem === undefined) valid.push(parsed);
    else rejected[script] = problem ?? 'is not module:attribute';
  }
  const entrypoint =
    valid.find((entry) => entry.script === project.name) ??
    valid.find((entry) => entry.script === id) ??
    valid[0];
  return entrypoint === undefined ? { rejected } : { entrypoint, rejected };
}

function parseTarget(script: string, target: string): Entrypoint | undefined {
  const match = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)$/.exec(target.trim());
  // A script becomes a file name in the environment's bin folder.
  if (match?.[1] === undefined || match[2] === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(script)) {
    return undefined;
  }
  return { script, module: match[1], attribute: match[2] };
}

async function problemOf(directory: string, entry: Entrypoint): Promise<string | undefined> {
  const base = path.join(directory, ...entry.module.split('.'));
  const code = (await readRegular(`${base}.py`)) ?? (await readRegular(path.join(base, '__init__.py')));
  if (code === undefined) return `module ${entry.module} does not exist`;
  // Loading the parser takes longer than everything else here, and a module rarely changes.
  const key = { readers: await readersHash(), code: sha256(code), attribute: entry.attribute };
  const problem = await remembered('entrypoints', key, async () => {
    const { topLevelNames } = await import('../static/module.ts');
    return problemWith((await topLevelNames(code.toString('utf8'))).names.get(entry.attribute)) ?? '';
  });
  return problem === '' ? undefined : `${entry.module}:${entry.attribute} ${problem}`;
}

function problemWith(found: TopLevel | undefined): string | undefined {
  if (found === undefined) return 'does not exist at the top level';
  if (found.kind !== 'function') return undefined;
  if (found.async) return 'is a coroutine';
  return found.required.length > 0 ? 'needs arguments' : undefined;
}
