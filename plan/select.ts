/**
 * Which servers of a manifest a stack takes, and why the others not. A server named in full that cannot be taken is a
 * problem; one that only a glob chose is skipped with its reason.
 */
import { matchesGlobs } from './globs.ts';
import type { Manifest, ServerEntry } from './manifest.ts';
import { didYouMean } from './nearest.ts';
import type { Settings } from './settings/settings.ts';
import { isSigned } from './signed-remotes.ts';
import type { Problem } from './types.ts';

export interface Selection {
  chosen: ServerEntry[];
  skipped: { server: string; reason: string }[];
  problems: Problem[];
}

const isGlob = (text: string) => /[*?]/.test(text);
const LIST = '`mcpgw servers` lists the servers of the manifest';

const REMOTE = 'a remote server, run by AWS: servers.remote names those that the gateway passes calls on to';

export function selectServers(manifest: Manifest, settings: Settings): Selection {
  const ids = Object.keys(manifest.servers);
  const { include, exclude, remote } = settings.servers;
  const selection: Selection = { chosen: [], skipped: [], problems: unknownNames(ids, settings) };
  for (const id of [...ids].sort()) {
    const entry = manifest.servers[id];
    if (!entry || matchesGlobs(id, exclude)) continue;
    const reason = whyNotHosted(entry);
    // What is asked of a remote server leaves the account: only by name, and by its own setting.
    if (isSigned(entry) && remote.includes(id)) {
      if (reason === undefined) selection.chosen.push(entry);
      else selection.problems.push(notListed(id, reason));
      continue;
    }
    if (!matchesGlobs(id, include)) continue;
    if (entry.kind === 'remote') {
      if (include.includes(id)) selection.problems.push(notHostable(id, REMOTE));
      else if (!remote.includes(id)) selection.skipped.push({ server: id, reason: REMOTE });
      continue;
    }
    if (reason === undefined) selection.chosen.push(entry);
    else if (include.includes(id)) selection.problems.push(notHostable(id, reason));
    else selection.skipped.push({ server: id, reason });
  }
  return selection;
}

/** Why an entry makes no target, or undefined when it does. */
export function whyNotHosted(entry: ServerEntry): string | undefined {
  if (entry.kind === 'library') return 'a library, not a server';
  if (entry.kind === 'remote' && !isSigned(entry)) return REMOTE;
  if (entry.hosting?.lambda === false)
    return `cannot run on Lambda: ${entry.hosting.reason ?? 'no reason given'}`;
  const because = entry.probe?.reason ? `: ${entry.probe.reason}` : '';
  switch (entry.probe?.status) {
    case 'empty':
      return `lists no tools${because}`;
    case 'needs-input':
      return `needs input to be listed${because}`;
    case 'failed':
      return `could not be listed${because}`;
    case 'not-run':
    case undefined:
      return 'its tools are not known, as it was not started';
    case 'listed':
      return Object.keys(entry.tools ?? {}).length === 0 ? 'lists no tools' : undefined;
  }
}

/** Its tools are known only to who may ask it. */
function notListed(id: string, reason: string): Problem {
  return {
    at: `servers.remote: ${id}`,
    message: `${id} ${reason}`,
    hint: `\`mcpgw discover --servers ${id} --profile NAME\` lists its tools, asking with that AWS profile`,
    kind: 'invalid',
  };
}

function notHostable(id: string, reason: string): Problem {
  return {
    at: `servers.include: ${id}`,
    message: `${id} is named but ${reason}`,
    hint: `take ${id} out of servers.include`,
    kind: 'invalid',
  };
}

function unknownNames(ids: readonly string[], settings: Settings): Problem[] {
  const { include, exclude } = settings.servers;
  const unknown = (at: string, name: string): Problem => ({
    at: `${at}: ${name}`,
    message: `the manifest has no server ${name}`,
    hint: didYouMean(name, ids, LIST),
    kind: 'invalid',
  });
  const literal = (at: string, names: readonly string[]) =>
    names.filter((name) => !isGlob(name) && !ids.includes(name)).map((name) => unknown(at, name));
  const empty = include
    .filter((glob) => isGlob(glob) && glob !== '*' && !ids.some((id) => matchesGlobs(id, [glob])))
    .map(
      (glob): Problem => ({
        at: `servers.include: ${glob}`,
        message: `no server of the manifest matches ${glob}`,
        hint: LIST,
        kind: 'invalid',
      }),
    );
  return [
    ...literal('servers.include', include),
    ...empty,
    ...literal('servers.exclude', exclude),
    ...literal('servers.settings', Object.keys(settings.servers.settings)),
  ];
}

/** The names that include and exclude globs leave, and the globs that match none of them. */
export function selectTools(
  names: readonly string[],
  globs: { include?: readonly string[] | undefined; exclude?: readonly string[] | undefined },
): { chosen: string[]; unknown: { key: 'include' | 'exclude'; glob: string }[] } {
  const chosen = names.filter(
    (name) => matchesGlobs(name, globs.include ?? ['*']) && !matchesGlobs(name, globs.exclude ?? []),
  );
  const unknown = (['include', 'exclude'] as const).flatMap((key) =>
    (globs[key] ?? [])
      .filter((glob) => glob !== '*' && !names.some((name) => matchesGlobs(name, [glob])))
      .map((glob) => ({ key, glob })),
  );
  return { chosen: chosen.sort(), unknown };
}
