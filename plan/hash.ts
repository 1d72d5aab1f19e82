/** Hashes of the manifest: sha256 over UTF-8 canonical JSON (sorted keys, no spaces). */
import { createHash } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
/** `sha256:` and 64 lower-case hex digits. */
export type Sha256 = `sha256:${string}`;

/**
 * Canonical JSON: keys sorted by code unit, no spaces, undefined members dropped.
 * Written out by hand because a JavaScript object lists integer-like keys first, whatever order it was made in.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

export function sha256(data: string | Uint8Array): Sha256 {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

export function hashJson(value: unknown): Sha256 {
  return sha256(canonicalJson(value));
}

/** The bare hex digits of a hash, for keys and file names. */
export function hexOf(hash: Sha256): string {
  return hash.slice('sha256:'.length);
}
