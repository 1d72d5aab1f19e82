/**
 * What the local token issuer is, per stack: pool id, signing key, clients and their secrets.
 * Kept in the state folder (0600), so that a client's configuration survives a restart of the gateway.
 */
import { createHash, randomInt, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { McpgwError } from '../plan/errors.ts';
import { isMissing } from './files.ts';

/** A machine client of the local issuer, shaped as a Cognito app client with a secret. */
export interface MachineClient {
  /** As in the settings; the first one is what the command line uses. */
  name: string;
  id: string;
  secret: string;
  scopes: string[];
}

export interface Identity {
  poolId: string;
  kid: string;
  privateKey: JWK;
  publicKey: JWK;
  clients: MachineClient[];
}

const stored = z.object({
  poolId: z.string().regex(/^[\w-]+_[0-9A-Za-z]+$/),
  kid: z.string().min(1),
  privateKey: z.record(z.string(), z.unknown()),
  publicKey: z.record(z.string(), z.unknown()),
  clients: z.record(z.string(), z.object({ id: z.string().min(1), secret: z.string().min(1) })),
});
type Stored = z.infer<typeof stored>;

/** Loads the stack's identity, making what is missing (a new client keeps the others as they are). */
export async function loadIdentity(options: {
  stateDir: string;
  stack: string;
  region: string;
  /** Scopes by client name, as the settings have them. */
  clients: Readonly<Record<string, readonly string[]>>;
}): Promise<Identity> {
  const file = join(options.stateDir, `issuer-${safeName(options.stack)}.json`);
  const before = await readStored(file);
  const kept = before ?? (await makeStored(options.region));
  const clients = Object.entries(options.clients).map(([name, scopes]) => ({
    name,
    scopes: [...scopes],
    ...(kept.clients[name] ?? { id: randomText(26, LOWER), secret: randomText(51, LOWER) }),
  }));
  const after: Stored = {
    ...kept,
    clients: Object.fromEntries(clients.map(({ name, id, secret }) => [name, { id, secret }])),
  };
  if (before === undefined || JSON.stringify(before.clients) !== JSON.stringify(after.clients)) {
    await writePrivate(file, JSON.stringify(after, null, 2));
  }
  return { ...kept, privateKey: kept.privateKey as JWK, publicKey: kept.publicKey as JWK, clients };
}

async function makeStored(region: string): Promise<Stored> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  return {
    poolId: `${region}_${randomText(9, LOWER.toUpperCase() + LOWER)}`,
    kid: randomUUID(),
    privateKey: { ...(await exportJWK(pair.privateKey)) },
    publicKey: { ...(await exportJWK(pair.publicKey)) },
    clients: {},
  };
}

async function readStored(file: string): Promise<Stored | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new McpgwError('internal', `${file} cannot be read`, { cause });
  }
  try {
    return stored.parse(JSON.parse(text));
  } catch (cause) {
    throw new McpgwError('usage', `${file} is not an issuer file of this program`, {
      hint: 'remove it: the gateway makes a new one, and clients need the new secret',
      cause,
    });
  }
}

/** Written beside and renamed, so that a crash leaves the old file whole; readable by its owner only. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${text}\n`, { mode: 0o600 });
  await rename(draft, file);
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** A stack name may hold slashes (organisation/stack); a file name may not. */
function safeName(stack: string): string {
  if (/^[A-Za-z0-9._-]+$/.test(stack)) return stack;
  const tail = createHash('sha256').update(stack).digest('hex').slice(0, 8);
  return `${stack.replace(/[^A-Za-z0-9._-]+/g, '-')}-${tail}`;
}
