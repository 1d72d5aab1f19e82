#!/usr/bin/env node
// Finds a Node that strips types and runs the command line with it. Plain JavaScript, so that an older Node can read it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

function canStripTypes() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** The Node that the optional dependency for this platform brought, if it was installed. */
function bundledNode() {
  const bundledAs = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `${bundledAs}-${process.platform}-${process.arch}/package.json`,
    );
    const path = join(dirname(manifest), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

// A reader that stops early (`mcpgw plan | head`) is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

if (canStripTypes()) {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = bundledNode();
  if (!node) {
    process.stderr.write(
      `error: mcpgw needs Node 22.18 or newer (24 is best), this is ${process.versions.node}.\n` +
        '  hint: run `npm ci` without --omit=optional, which brings Node 24, or install Node 24.' +
        '\n',
    );
    process.exit(2);
  }
  const child = spawn(node, [join(here, 'mcpgw.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}
