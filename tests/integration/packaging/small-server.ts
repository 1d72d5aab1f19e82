/** A server of a few lines with two small dependencies, locked for real: all of packaging in seconds. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../plan/hash.ts';
import type { ServerEntry } from '../../../plan/manifest.ts';
import { findInterpreter, type Interpreter } from '../../../proxies/packaging/interpreter.ts';

/** The newest installed Python that a layer may be made for. */
export async function installedPython(): Promise<Interpreter> {
  const nothing = { uv: '/nonexistent/uv', pythons: '/nonexistent' };
  for (const minor of ['3.13', '3.12']) {
    const found = await findInterpreter(minor, nothing).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return findInterpreter('3.11', nothing);
}

const SERVER = [
  'import json, sys',
  'from importlib.metadata import version',
  'import pyperclip, six',
  '',
  'def main():',
  "    print(json.dumps([sys.argv, six.__version__, version('awslabs.small-mcp-server'), __spec__.cached, __file__]))",
  '    return 3',
  '',
].join('\n');

const PROJECT = [
  '[project]',
  'name = "awslabs.small-mcp-server"',
  'version = "0.1.0"',
  'requires-python = ">=3.11"',
  // pyperclip 1.9.0 was published without a wheel.
  'dependencies = ["six==1.16.0", "pyperclip==1.9.0"]',
  '[project.scripts]',
  '"awslabs.small-mcp-server" = "awslabs.small_mcp_server.server:main"',
  '[tool.hatch.build.targets.wheel]',
  'packages = ["awslabs"]',
  '[tool.hatch.build.targets.wheel.hooks.custom]',
  'path = "hatch_build.py"',
  '[build-system]',
  'requires = ["hatchling"]',
  'build-backend = "hatchling.build"',
  '',
].join('\n');

/** Writes the server's sources and returns its manifest entry. */
export function smallServer(folder: string, uv: string, python: Interpreter): ServerEntry {
  const module = join(folder, 'awslabs', 'small_mcp_server');
  mkdirSync(module, { recursive: true });
  writeFileSync(join(module, '__init__.py'), '');
  writeFileSync(join(module, 'server.py'), SERVER);
  writeFileSync(join(folder, 'hatch_build.py'), 'raise SystemExit("the build hook ran")\n');
  writeFileSync(
    join(folder, 'pyproject.toml'),
    PROJECT.replace(/\[tool.hatch.build.targets.wheel.hooks[\s\S]*/, ''),
  );
  execFileSync(uv, ['lock', '--quiet', '--python', python.path], { cwd: folder, stdio: 'pipe' });
  // Added after locking: uv would take 1.17.0 wherever it reads this.
  writeFileSync(
    join(folder, 'pyproject.toml'),
    `${PROJECT}[tool.uv]\noverride-dependencies = ["six==1.17.0"]\n`,
  );
  return {
    formatVersion: 1,
    id: 'small-mcp-server',
    kind: 'stdio',
    package: { name: 'awslabs.small-mcp-server', version: '0.1.0' },
    entrypoint: {
      script: 'awslabs.small-mcp-server',
      module: 'awslabs.small_mcp_server.server',
      attribute: 'main',
    },
    source: sha256(SERVER),
    lock: sha256(readFileSync(join(folder, 'uv.lock'))),
    build: { python: python.minor, architecture: 'arm64', form: 'zip' },
  };
}
