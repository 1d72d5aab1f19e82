/**
 * `.mcpgw/gateway.json`: what the command line needs to reach the gateway that runs now. Holds a client secret (0600).
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identitySchema } from '../plan/identity.ts';
import { isMissing } from './files.ts';
import { writePrivate } from './identity.ts';

const schema = z.object({
  pid: z.int().positive(),
  /** The MCP endpoint. */
  url: z.url(),
  stack: z.string(),
  /** Manifest folder that the plan was made from. */
  manifest: z.string().optional(),
  /** Where tokens come from; a client that pins it cannot be sent elsewhere. */
  issuer: z.url().optional(),
  /** Of the gateway's own issuer; an existing issuer keeps its clients to itself. */
  tokenUrl: z.url().optional(),
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  scope: z.string().optional(),
  /** Which of several gateways each target lies in. */
  identity: identitySchema.optional(),
});
export type RunningGateway = z.infer<typeof schema>;

/** The running gateway, or undefined when there is none (a file left by a crash does not count). */
export async function readRunning(stateDir: string): Promise<RunningGateway | undefined> {
  try {
    const running = schema.parse(JSON.parse(await readFile(fileOf(stateDir), 'utf8')));
    return isAlive(running.pid) ? running : undefined;
  } catch (thrown) {
    if (isMissing(thrown) || thrown instanceof z.ZodError || thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

export async function writeRunning(stateDir: string, running: RunningGateway): Promise<void> {
  await writePrivate(fileOf(stateDir), JSON.stringify(running, null, 2));
}

/** Removes the file unless another gateway has put its own there since. */
export async function removeRunning(stateDir: string, own: RunningGateway): Promise<void> {
  const current = await readRunning(stateDir);
  if (current === undefined || (current.pid === own.pid && current.url === own.url)) {
    await rm(fileOf(stateDir), { force: true });
  }
}

function fileOf(stateDir: string): string {
  return join(stateDir, 'gateway.json');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
