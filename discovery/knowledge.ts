/** discovery/knowledge.yaml: what no scan can find, reviewed by hand, each entry with its source. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { type HookFiles, hookFiles } from '../plan/hook-files.ts';
import { ACCESS_LEVELS, serverId } from '../plan/manifest.ts';
import { networkNeed } from '../plan/network/needs.ts';
import { awsRegion } from '../plan/settings/infra.ts';

const exception = z.strictObject({
  /** Where this is known from: a file and symbol of upstream, or an experiment. */
  source: z.string().min(8),
  hosting: z
    .strictObject({
      lambda: z.boolean().default(true),
      reason: z.string().optional(),
      network: z
        .string()
        .refine(
          (words) => networkNeed(words) !== undefined,
          'must be `internet (HOSTS)`, `internet, or an interface endpoint of …`, `VPC of …` or `… endpoint (public or VPC endpoint)`',
        )
        .optional(),
      state: z.string().optional(),
      binaries: z.array(z.string()).optional(),
    })
    .refine((value) => value.lambda || value.reason !== undefined, 'lambda: false needs a reason')
    .optional(),
  install: z
    .strictObject({
      /** Custom build hooks are not run. */
      noHooks: z.boolean().optional(),
      /** What these hooks would have made. */
      files: hookFiles.optional(),
      /** Pinned packages that the server imports and its lock forgot. */
      extra: z.array(z.string().regex(/^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$/)).optional(),
    })
    .optional(),
  /** What a start that fails without it needs, in words for the user. */
  needs: z.string().optional(),
  /** It makes tools of what an account holds: asked with the user's profile, when one is given. */
  account: z.boolean().optional(),
  arguments: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  endpoints: z.array(z.string()).optional(),
  /** What a remote server wants requests signed for, and the IAM actions that AWS documents for it. */
  signing: z
    .strictObject({
      service: z.string(),
      regions: z.array(awsRegion).min(1).optional(),
      actions: z.record(z.string(), z.enum(ACCESS_LEVELS)),
      /** What else its role needs, in words. */
      further: z.array(z.string()).default([]),
    })
    .optional(),
  /** A remote server that has no folder: offered where one of these servers is. */
  beside: z.array(serverId).min(1).optional(),
  deprecated: z.string().optional(),
  /** Of a deprecated server: those to take instead. */
  successors: z.array(serverId).optional(),
  /** Access of tools whose code and name mislead. */
  access: z.record(z.string(), z.enum(['read', 'write'])).optional(),
});
const schema = z.strictObject({ servers: z.record(serverId, z.array(exception)) });

export type Exception = z.infer<typeof exception>;

/** The exceptions of one server, merged; later entries add to earlier ones. */
export interface Knowledge {
  hosting: Exclude<Exception['hosting'], undefined> | undefined;
  noHooks: boolean;
  files: HookFiles;
  extra: string[];
  needs: string | undefined;
  account: boolean;
  arguments: string[];
  environment: Record<string, string>;
  endpoints: string[];
  signing: Exception['signing'];
  deprecated: string | undefined;
  successors: string[];
  access: Record<string, 'read' | 'write'>;
}

export type KnowledgeBook = Readonly<Record<string, readonly Exception[]>>;

export function parseKnowledge(text: string): KnowledgeBook {
  return schema.parse(parse(text, { maxAliasCount: 10 })).servers;
}

export async function readKnowledge(): Promise<KnowledgeBook> {
  return parseKnowledge(await readFile(new URL('./knowledge.yaml', import.meta.url), 'utf8'));
}

export function knowledgeOf(book: KnowledgeBook, id: string): Knowledge {
  const merged: Knowledge = {
    hosting: undefined,
    noHooks: false,
    files: {},
    extra: [],
    needs: undefined,
    account: false,
    arguments: [],
    environment: {},
    endpoints: [],
    signing: undefined,
    deprecated: undefined,
    successors: [],
    access: {},
  };
  for (const entry of book[id] ?? []) {
    if (entry.hosting !== undefined) {
      const lambda = entry.hosting.lambda && (merged.hosting?.lambda ?? true);
      merged.hosting = { ...merged.hosting, ...entry.hosting, lambda };
    }
    merged.noHooks ||= entry.install?.noHooks ?? false;
    Object.assign(merged.files, entry.install?.files);
    merged.extra.push(...(entry.install?.extra ?? []));
    merged.needs = entry.needs ?? merged.needs;
    merged.account ||= entry.account ?? false;
    merged.arguments.push(...(entry.arguments ?? []));
    Object.assign(merged.environment, entry.environment);
    merged.endpoints.push(...(entry.endpoints ?? []));
    merged.signing = entry.signing ?? merged.signing;
    merged.successors.push(...(entry.successors ?? []));
    merged.deprecated = entry.deprecated ?? merged.deprecated;
    Object.assign(merged.access, entry.access);
  }
  return merged;
}
