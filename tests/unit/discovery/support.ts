/** Small checkouts and archives for the tests of discovery, made on the spot. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const made: string[] = [];

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcpgw-test-'));
  made.push(folder);
  return folder;
}

export async function removeTemporaryFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** Writes files by path below a fresh folder. */
export async function folderWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return root;
}

export function pyproject(id: string, scripts: Readonly<Record<string, string>>, more = ''): string {
  const lines = Object.entries(scripts).map(([name, target]) => `"${name}" = "${target}"`);
  return `[project]\nname = "awslabs.${id}"\nversion = "1.0.0"\nrequires-python = ">=3.10"\n\n[project.scripts]\n${lines.join('\n')}\n${more}`;
}

/** Files of a stdio server in src/<id>. */
export function serverFiles(id: string, code = 'def main():\n    pass\n'): Record<string, string> {
  const folder = id.replaceAll('-', '_');
  return {
    [`src/${id}/pyproject.toml`]: pyproject(id, { [`awslabs.${id}`]: `awslabs.${folder}.server:main` }),
    [`src/${id}/uv.lock`]: lockOf(id),
    [`src/${id}/awslabs/${folder}/server.py`]: code,
  };
}

/** What uv writes for a project without dependencies. */
function lockOf(id: string): string {
  const own = `[[package]]\nname = "awslabs-${id}"\nversion = "1.0.0"\nsource = { editable = "." }\n`;
  return `version = 1\nrevision = 3\nrequires-python = ">=3.10"\n\n${own}`;
}

export interface TarEntry {
  name: string;
  content?: string | Buffer;
  type?: string;
  link?: string;
  /** Overrides the size in the header. */
  size?: number;
}

export function tarGz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.flatMap(tarEntry), Buffer.alloc(1024)]));
}

function tarEntry({ name, content = '', type = '0', link = '', size }: TarEntry): Buffer[] {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${(size ?? data.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
  return [header, data, padding];
}
