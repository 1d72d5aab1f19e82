/**
 * The Lambda's entry, bundled to one file by the packaging. Beside it lies `server.json`, how to start the packaged
 * server; the target's settings come in one variable. The server starts during Lambda's init phase, which has
 * more CPU and is not billed by the call; after 8 s (of Lambda's 10) it goes on starting in the first invocation.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Json } from '../plan/hash.ts';
import type { LaunchSpec } from '../plan/types.ts';
import type { CallContext } from './context.ts';
import { functionCredentials } from './credentials.ts';
import { createHandler } from './handler.ts';
import { LAYER_ROOT, launchOf } from './packaging/launch.ts';
import { decodeProxySettings, PROXY_VARIABLE } from './settings.ts';

const INIT_WAIT_MS = 8000;
// Two small objects are read once: compiling a reader for them costs more than reading.
z.config({ jitless: true });

const serverFile = z.object({
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

const root = process.env.LAMBDA_TASK_ROOT ?? import.meta.dirname;
// Elsewhere than /opt in an image, or in a test bed.
const layer = process.env.MCPGW_LAYER_ROOT ?? LAYER_ROOT;

/** server.json with the package's and the layer's folder filled in. */
function readLaunch(): LaunchSpec {
  const spec = serverFile.parse(JSON.parse(readFileSync(join(root, 'server.json'), 'utf8')));
  return launchOf(spec, { taskRoot: root, layerRoot: layer });
}

const settings = decodeProxySettings(process.env[PROXY_VARIABLE] ?? '{}');
const proxy = createHandler({
  settings,
  launch: readLaunch(),
  credentials: functionCredentials(process.env),
  log: (line) => process.stdout.write(`${JSON.stringify(line)}\n`),
  metrics: true,
  // The runtime sets it anew for every invocation.
  trace: () => process.env._X_AMZN_TRACE_ID,
  // What CloudTrail's user agent names: the function, whose name holds the stack's prefix and the target.
  ...(process.env.AWS_LAMBDA_FUNCTION_NAME === undefined
    ? {}
    : { appId: process.env.AWS_LAMBDA_FUNCTION_NAME }),
});

// A server that does not start is reported by the first call, with its last words.
await Promise.race([proxy.start().catch(() => {}), delay(INIT_WAIT_MS, undefined, { ref: false })]);

export function handler(event: unknown, context: CallContext): Promise<Json> {
  return proxy.handle(event, context);
}
