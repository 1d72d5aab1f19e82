/**
 * The manifest format: what discovery found, as it lies in git (one YAML file a server, and source.yaml).
 * A lock file: facts and hashes only. Parsed once at the border; inside, these types are trusted.
 */
import { stringify as stringifyYaml } from 'yaml';
import { z } from 'zod';
import { McpgwError, messageOf } from './errors.ts';
import type { Json, JsonObject, Sha256 } from './hash.ts';
import { hookFiles } from './hook-files.ts';
import { readYaml } from './yaml-text.ts';

export const MANIFEST_FORMAT = 1;

const sha = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits') as unknown as z.ZodType<Sha256>;
/** A directory name of src/: also a file name of the manifest, so nothing path-like. */
export const serverId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'must be lower-case letters, digits, dots, hyphens and underscores');

export const ACCESS_LEVELS = ['List', 'Read', 'Write', 'Permissions management', 'Tagging'] as const;

const actionSchema = z.strictObject({
  access: z.enum([...ACCESS_LEVELS, 'Unknown']),
  /** `file#symbol` where the call stands, or `tool:name` / `depends:action` / `knowledge` where it does not stand in code. */
  from: z.array(z.string()).min(1),
  /** ARN formats the action can be limited to, when it can be. */
  resources: z.array(z.string()).optional(),
  /** iam:PassRole only: the services that calls of the server hand a role to. */
  passedTo: z.array(z.string()).optional(),
});
/** An action that AWS asks of the caller of another one (`from`) only under a condition: offered, not granted. */
const conditionalSchema = actionSchema.omit({ passedTo: true }).extend({ when: z.string() });

const toolSchema = z.strictObject({
  definition: z.strictObject({ schema: sha, words: sha }),
  projection: sha,
  parameters: z.record(z.string(), z.string()),
  access: z.enum(['read', 'write', 'unknown']),
  because: z.enum(['annotation', 'actions', 'name', 'knowledge', 'none']),
  /** IAM actions the tool's function can reach, where that could be followed. */
  actions: z.array(z.string()).optional(),
  tokens: z.int().nonnegative(),
  loss: z.record(z.string(), z.string()).optional(),
  /** Arguments that the proxy sends because the tool demands and does not use them (plan/idle-parameters.ts). */
  fill: z.record(z.string(), z.json() as unknown as z.ZodType<Json>).optional(),
});

const entrypointSchema = z.strictObject({ script: z.string(), module: z.string(), attribute: z.string() });

export const serverSchema = z.strictObject({
  formatVersion: z.literal(MANIFEST_FORMAT),
  id: serverId,
  kind: z.enum(['stdio', 'remote', 'library']),
  package: z
    .strictObject({ name: z.string(), version: z.string(), requiresPython: z.string().optional() })
    .optional(),
  entrypoint: entrypointSchema.optional(),
  source: sha.optional(),
  lock: sha.optional(),
  build: z
    .strictObject({
      python: z.string().regex(/^3\.\d+$/),
      architecture: z.enum(['arm64', 'x86_64']),
      form: z.enum(['zip', 'image']),
      because: z.string().optional(),
      /** Packages of the lock (of any dependency group) that the server imports but does not declare. */
      repairs: z.array(z.string()).optional(),
      /** What its build hooks, which are not run, would have made. */
      files: hookFiles.optional(),
    })
    .optional(),
  hosting: z
    .strictObject({
      lambda: z.boolean(),
      reason: z.string().optional(),
      network: z.string().optional(),
      state: z.string().optional(),
      binaries: z.array(z.string()).optional(),
    })
    .optional(),
  probe: z
    .strictObject({
      status: z.enum(['listed', 'empty', 'needs-input', 'failed', 'not-run']),
      reason: z.string().optional(),
      /** Only when not the default Python for a committed manifest. */
      python: z.string().optional(),
    })
    .optional(),
  environment: z.array(z.string()).optional(),
  arguments: z.array(z.string()).optional(),
  aws: z
    .strictObject({
      actions: z.record(z.string(), actionSchema),
      conditional: z.record(z.string(), conditionalSchema).optional(),
      unresolved: z.array(z.string()),
    })
    .optional(),
  endpoints: z.array(z.string()).optional(),
  /** Kind remote: it wants requests signed; the entry's package is the proxy that signs them (plan/signed-remotes.ts). */
  signing: z
    .strictObject({
      service: z.string(),
      /** Where it has endpoints, the default first; without: in every region. */
      regions: z.array(z.string()).min(1).optional(),
    })
    .optional(),
  carries: z.strictObject({ prompts: z.int().nonnegative(), resources: z.int().nonnegative() }).optional(),
  deprecated: z.string().optional(),
  /** Of a deprecated server: those to take instead. */
  successors: z.array(serverId).optional(),
  tools: z.record(z.string(), toolSchema).optional(),
});
export type ServerEntry = z.infer<typeof serverSchema>;
export type ToolEntry = z.infer<typeof toolSchema>;
export type ActionEntry = z.infer<typeof actionSchema>;
export type ConditionalAction = z.infer<typeof conditionalSchema>;

export const sourceSchema = z.discriminatedUnion('type', [
  z.strictObject({
    formatVersion: z.literal(MANIFEST_FORMAT),
    type: z.literal('git'),
    repository: z.string(),
    commit: z.string().regex(/^[0-9a-f]{40}$/, 'must be a full commit hash'),
    /** Servers pinned away from the commit, as published: package name to version (`mcpgw update --to`). */
    packages: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({
    formatVersion: z.literal(MANIFEST_FORMAT),
    type: z.literal('pypi'),
    packages: z.record(z.string(), z.string()),
  }),
  z.strictObject({ formatVersion: z.literal(MANIFEST_FORMAT), type: z.literal('folder') }),
]);
export type ManifestSource = z.infer<typeof sourceSchema>;

/** Where one server comes from: the source, or its package where it is pinned away from the source's commit. */
export function sourceFor(source: ManifestSource, entry: ServerEntry): ManifestSource {
  const { name, version } = entry.package ?? {};
  const own = source.type === 'git' && name !== undefined ? source.packages?.[name] : undefined;
  // The proxy of a signed remote server is no part of the repository.
  const pinned = entry.signing === undefined ? own : version;
  if (name === undefined || pinned === undefined) return source;
  return { formatVersion: MANIFEST_FORMAT, type: 'pypi', packages: { [name]: pinned } };
}

export interface Manifest {
  source: ManifestSource;
  /** By server id, in the order of the ids. */
  servers: Readonly<Record<string, ServerEntry>>;
}

/** A tool definition as the server lists it (MCP `Tool`), the content of manifest/tools/<id>.json. */
export interface ToolDefinition {
  name: string;
  title?: string;
  description?: string;
  inputSchema: JsonObject;
  outputSchema?: JsonObject;
  annotations?: JsonObject;
}

/** One server's file. `where` names the file in errors. Throws manifest-invalid or manifest-format. */
export function parseServer(text: string, where: string): ServerEntry {
  return parseDocument(text, where, serverSchema);
}

export function parseSource(text: string, where: string): ManifestSource {
  return parseDocument(text, where, sourceSchema);
}

function parseDocument<T>(text: string, where: string, schema: z.ZodType<T>): T {
  const value = parseText(text, where);
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (version !== MANIFEST_FORMAT) {
    throw new McpgwError(
      'manifest-format',
      `${where}: formatVersion is ${String(version)}, this program reads ${MANIFEST_FORMAT}`,
      {
        hint:
          typeof version === 'number' && version < MANIFEST_FORMAT
            ? 'lift it with `mcpgw migrate`, or regenerate it with `mcpgw discover`'
            : 'regenerate the manifest with `mcpgw discover`, or use the version of mcpgw that wrote it',
      },
    );
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new McpgwError('manifest-invalid', `${where}: ${issues.join('; ')}`, {
    hint: 'the manifest is generated; run `mcpgw discover` instead of editing it',
  });
}

function parseText(text: string, where: string): unknown {
  try {
    return readYaml(text);
  } catch (cause) {
    throw new McpgwError('manifest-invalid', `${where}: not YAML: ${messageOf(cause)}`, { cause });
  }
}

/** Byte-identical for equal entries: sorted keys, fixed line width, no anchors. */
export function formatServer(entry: ServerEntry): string {
  return formatDocument(serverSchema.parse(entry));
}

export function formatSource(source: ManifestSource): string {
  return formatDocument(source);
}

/** Block scalars are left out, as readers of YAML differ on their blank lines. */
const WRITTEN = {
  sortMapEntries: byCodeUnit,
  lineWidth: 0,
  aliasDuplicateObjects: false,
  blockQuote: false,
} as const;

function formatDocument(value: unknown): string {
  return stringifyYaml(value, WRITTEN);
}

function byCodeUnit(a: { key: unknown }, b: { key: unknown }): number {
  const [left, right] = [keyText(a.key), keyText(b.key)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function keyText(key: unknown): string {
  return String((key as { value?: unknown }).value ?? key);
}
