/** The Pulumi program: its outputs are what the command line reads. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { McpgwError } from '../plan/errors.ts';
import { cacheDir } from '../store/paths.ts';
import { keepTracesShort } from './stack-traces.ts';

// Types stripped and code compiled once, not at each preview: a second of five (bench/infra). Hence the import below.
enableCompileCache(join(cacheDir(), 'compiled'));
keepTracesShort(process.env);
const { deployStack } = await import('./program.ts');

const outputs = await deployStack().catch((thrown: unknown) => {
  if (!(thrown instanceof McpgwError)) throw thrown;
  // Said without a stack trace: it is about the stack's settings, not about this program.
  throw new pulumi.RunError([thrown.message, thrown.hint].filter(Boolean).join('\n'));
});

export const { stack, region, gatewayUrl, gatewayId, gateways, scope, identity, clients } = outputs;
// Null where there is none: Pulumi warns of outputs that are undefined.
export const discoveryUrl = outputs.discoveryUrl ?? null;
export const tokenUrl = outputs.tokenUrl ?? null;
export const peopleClient = outputs.peopleClient ?? null;
export const release = outputs.release ?? null;
