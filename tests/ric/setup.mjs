/**
 * Lambda's genuine Node runtime, aws-lambda-ric from npm, built into the user's cache and copied to where a sandbox's
 * user can reach it. Not a dependency of the package: its native client takes a compiler and a minute.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../../store/paths.ts';

const VERSION = '4.0.2';

export default function setup() {
  const built = join(cacheDir(), `aws-lambda-ric-${VERSION}`);
  if (!existsSync(built)) build(built);
  const folder = mkdtempSync(join(tmpdir(), 'mcpgw-ric-'));
  chmodSync(folder, 0o755);
  cpSync(join(built, 'node_modules', 'aws-lambda-ric'), join(folder, 'aws-lambda-ric'), { recursive: true });
  process.env.MCPGW_TEST_RUNTIME = join(folder, 'aws-lambda-ric', 'index.mjs');
  globalThis.ricFolder = folder;
}

/** Beside its place and renamed, so that an interrupted build leaves nothing. */
function build(folder) {
  const work = `${folder}-${process.pid}`;
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'package.json'), '{"private": true}');
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `aws-lambda-ric@${VERSION}`];
  try {
    execFileSync('npm', args, { cwd: work, stdio: 'inherit' });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
