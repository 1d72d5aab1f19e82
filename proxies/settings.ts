/**
 * The proxy's settings on their way through a Lambda's environment variable.
 * All variables of a function share 4 KB; a long allow-list is packed, the short ones stay readable in the console.
 */
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import * as z from 'zod/mini';
import type { ProxySettings } from '../plan/types.ts';

export const PROXY_VARIABLE = 'MCPGW_PROXY';
const PACKED = 'br:';
const READABLE_LIMIT = 1500;

const schema = z.object({
  server: z.string(),
  target: z.string(),
  arguments: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  aliases: z.record(z.string(), z.string()),
  allow: z.array(z.string()),
  fill: z.optional(z.record(z.string(), z.record(z.string(), z.json()))),
  onToolError: z.enum(['return', 'throw']),
  results: z.optional(z.literal('whole')),
  isolation: z.enum(['warm', 'per-call']),
  secrets: z.optional(z.record(z.string(), z.string())),
  role: z.optional(z.object({ arn: z.string(), externalId: z.optional(z.string()) })),
  region: z.optional(z.string()),
  subject: z.optional(z.boolean()),
  logArguments: z.optional(z.boolean()),
});

export function encodeProxySettings(settings: ProxySettings): string {
  const text = JSON.stringify(settings);
  return text.length <= READABLE_LIMIT ? text : PACKED + brotliCompressSync(text).toString('base64');
}

export function decodeProxySettings(text: string): ProxySettings {
  const json = text.startsWith(PACKED)
    ? brotliDecompressSync(Buffer.from(text.slice(PACKED.length), 'base64')).toString()
    : text;
  // Absent members stay absent: JSON has no undefined, the types only say there could be one.
  return schema.parse(JSON.parse(json)) as ProxySettings;
}
