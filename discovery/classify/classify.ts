/** One directory of src/ classified: stdio server, remote server or library, with the facts that need no execution. */
import path from 'node:path';
import { messageOf } from '../../plan/errors.ts';
import { serverId } from '../../plan/manifest.ts';
import { isDirectory, readRegular } from '../files.ts';
import { type Entrypoint, findEntrypoint } from './entrypoint.ts';
import { type Pyproject, parsePyproject } from './pyproject.ts';
import { endpointsIn } from './remote.ts';
import { hashSources, type SourceFiles } from './sources.ts';

export interface Classified {
  id: string;
  directory: string;
  kind: 'stdio' | 'remote' | 'library';
  project?: Pyproject;
  entrypoint?: Entrypoint;
  /** Scripts that are no entrypoint, with the reason. */
  rejected: Record<string, string>;
  endpoints?: string[];
  sources?: SourceFiles;
}

/** What a directory is; `problem` when it cannot be read, `ignored` when it is no server's directory. */
export type Outcome = { classified: Classified } | { problem: string } | { ignored: string };

export async function classifyDirectory(src: string, id: string): Promise<Outcome> {
  const directory = path.join(src, id);
  if (!(await isDirectory(directory))) return { ignored: 'no directory' };
  if (!serverId.safeParse(id).success) return { ignored: 'its name is no server id' };
  try {
    const bytes = await readRegular(path.join(directory, 'pyproject.toml'), 1_000_000);
    return bytes === undefined
      ? await classifyDocumented(directory, id)
      : { classified: await classifyProject(directory, id, bytes) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

async function classifyProject(directory: string, id: string, bytes: Buffer): Promise<Classified> {
  let project: Pyproject;
  try {
    project = parsePyproject(bytes);
  } catch (cause) {
    throw new Error(`pyproject.toml: ${messageOf(cause)}`, { cause });
  }
  const { entrypoint, rejected } = await findEntrypoint(directory, id, project);
  const sources = await hashSources(directory, project);
  if (entrypoint === undefined) return { id, directory, kind: 'library', project, rejected, sources };
  return { id, directory, kind: 'stdio', project, entrypoint, rejected, sources };
}

/** No pyproject.toml: a server that runs elsewhere and is only documented here. */
async function classifyDocumented(directory: string, id: string): Promise<Outcome> {
  const readme = await readRegular(path.join(directory, 'README.md'), 2_000_000);
  if (readme === undefined) return { ignored: 'neither pyproject.toml nor README.md' };
  const serverJson = await readRegular(path.join(directory, 'server.json'), 1_000_000);
  const endpoints = endpointsIn(readme.toString('utf8'), serverJson?.toString('utf8'));
  return { classified: { id, directory, kind: 'remote', rejected: {}, endpoints } };
}
