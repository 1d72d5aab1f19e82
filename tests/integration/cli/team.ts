/** A team's repository in a temporary folder: stack files, a made-up manifest, its definitions committed, some commits. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ManifestSource, ServerEntry, ToolDefinition } from '../../../plan/manifest.ts';
import { writeManifest } from '../../../store/manifest.ts';
import {
  type SyntheticServer,
  syntheticDefinitions,
  syntheticEntry,
} from '../../engine/support/synthetic.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PROGRAM = ['cli', 'discovery', 'gateway', 'infra', 'offline', 'plan', 'proxies', 'store'];

export class Team {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `program`: with the code that a preview of its resources runs. */
  static async open({ program = false } = {}): Promise<Team> {
    const team = new Team(await mkdtemp(join(tmpdir(), 'mcpgw-team-')));
    const files = program ? ['Pulumi.yaml', 'package.json', ...PROGRAM] : ['Pulumi.yaml'];
    for (const file of files) await cp(join(ROOT, file), join(team.folder, file), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(team.folder, 'node_modules'), 'dir');
    await writeFile(join(team.folder, '.gitignore'), 'node_modules\n.mcpgw/\n');
    team.git('init', '--quiet', '--initial-branch=main');
    return team;
  }

  async stack(name: string, config: Record<string, unknown> = {}): Promise<void> {
    const all = { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: `tools-${name}` }, ...config };
    await writeFile(join(this.folder, `Pulumi.${name}.yaml`), stringify({ config: all }));
  }

  /** Sets one key of a stack that is there; the rest, also what Pulumi wrote, stays. */
  async setting(stack: string, key: string, value: unknown): Promise<void> {
    const file = join(this.folder, `Pulumi.${stack}.yaml`);
    const { config, ...rest } = parse(await readFile(file, 'utf8')) as { config: Record<string, unknown> };
    await writeFile(file, stringify({ ...rest, config: { ...config, [key]: value } }));
  }

  async manifest(
    servers: readonly (SyntheticServer & { change?: (entry: ServerEntry) => ServerEntry })[],
    source: ManifestSource = { formatVersion: 1, type: 'folder' },
  ): Promise<void> {
    await mkdir(join(this.folder, 'manifest'), { recursive: true });
    const entries = servers.map((server) => (server.change ?? ((entry) => entry))(syntheticEntry(server)));
    const definitions = Object.fromEntries(
      servers.map((server): [string, ToolDefinition[]] => [server.id, syntheticDefinitions(server)]),
    );
    await writeManifest(join(this.folder, 'manifest'), { source, servers: entries, definitions });
  }

  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=team', '-c', 'user.email=team@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...who, ...args], { cwd: this.folder, encoding: 'utf8' });
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
