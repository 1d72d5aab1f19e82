/** Reads a stack's settings from its file, Pulumi.<stack>.yaml, as Pulumi itself would see them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { valueOfText } from '../plan/config-value.ts';
import { McpgwError, messageOf } from '../plan/errors.ts';
import { PROJECT, parseSettings, type Settings } from '../plan/settings/settings.ts';

const STACK_FILE = /^Pulumi\.([A-Za-z0-9_.-]+)\.ya?ml$/;

/** The stacks that have a file in `root`, sorted. */
export async function listStacks(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => []);
  return [...new Set(names.flatMap((name) => STACK_FILE.exec(name)?.[1] ?? []))].sort();
}

interface Content {
  config: Record<string, unknown>;
  /** What encrypts the stack's secrets (`awskms://…`), where the file names it. */
  secretsProvider?: string;
}

/** The `config:` mapping of a stack's file; secrets stay the encrypted mappings they are. */
export async function readStackConfig(root: string, stack: string): Promise<Content & { file: string }> {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) {
    throw new McpgwError('settings-missing', `${JSON.stringify(stack)} is no stack name`, {
      hint: 'letters, digits, hyphens, underscores and dots',
    });
  }
  for (const file of [`Pulumi.${stack}.yaml`, `Pulumi.${stack}.yml`]) {
    const text = await readIfThere(join(root, file));
    if (text !== undefined) return { file, ...contentOf(text, file) };
  }
  const stacks = await listStacks(root);
  throw new McpgwError(
    'settings-missing',
    `there is no stack ${stack}: Pulumi.${stack}.yaml does not exist`,
    {
      hint:
        stacks.length > 0
          ? `stacks here: ${stacks.join(', ')}`
          : 'no Pulumi.<stack>.yaml here; run it in the project folder',
    },
  );
}

/** Settings of a stack, checked; throws settings-missing or settings-invalid. */
export async function readSettings(root: string, stack: string): Promise<Settings> {
  const { file, config } = await readStackConfig(root, stack);
  const values = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === 'string' && key.startsWith(`${PROJECT}:`) ? valueOfText(value) : value,
  ]);
  return parseSettings(stack, Object.fromEntries(values), file);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new McpgwError('settings-missing', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function contentOf(text: string, file: string): Content {
  const document = parseYaml(text, file) ?? {};
  const config = isMapping(document) ? (document.config ?? {}) : undefined;
  if (isMapping(document) && isMapping(config)) {
    const { secretsprovider: provider } = document;
    return typeof provider === 'string' ? { config, secretsProvider: provider } : { config };
  }
  throw new McpgwError('settings-invalid', `${file}: config must be a mapping of settings`, {
    hint: 'docs/settings.md lists every setting',
  });
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw new McpgwError('settings-invalid', `${file}: not YAML: ${messageOf(cause)}`, {
      hint: 'mend the line named above',
      cause,
    });
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
