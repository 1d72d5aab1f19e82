/**
 * Reads a uv.lock: which packages a server needs at run time on one platform, and which files the lock offers
 * for each. Only what packaging decides by; uv itself does the installing.
 */
import { z } from 'zod';
import { McpgwError } from './errors.ts';
import { type MarkerEnvironment, markerHolds, satisfies } from './markers.ts';
import { MACHINE, type Platform } from './wheel-tags.ts';

const file = z.object({
  url: z.string().optional(),
  path: z.string().optional(),
  size: z.number().optional(),
});
const dependency = z.object({
  name: z.string(),
  version: z.string().optional(),
  extra: z.array(z.string()).optional(),
  marker: z.string().optional(),
});
const lockSchema = z.object({
  'requires-python': z.string(),
  package: z.array(
    z.object({
      name: z.string(),
      version: z.string().optional(),
      source: z.record(z.string(), z.unknown()),
      dependencies: z.array(dependency).default([]),
      'optional-dependencies': z.record(z.string(), z.array(dependency)).default({}),
      'resolution-markers': z.array(z.string()).optional(),
      wheels: z.array(file).default([]),
      sdist: file.optional(),
    }),
  ),
});
type LockedPackage = z.infer<typeof lockSchema>['package'][number];
type Dependency = z.infer<typeof dependency>;

export interface Lock {
  requiresPython: string;
  packages: readonly LockedPackage[];
}

export interface LockedFiles {
  name: string;
  version: string;
  wheels: { name: string; size: number }[];
  /** 0 when the lock has no sdist or no size. */
  sdistSize: number;
}

export function readLock(value: unknown, where: string): Lock {
  const result = lockSchema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new McpgwError(
      'package-failed',
      `${where}: not a lock of uv: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      { hint: 'run `uv lock` in the server’s folder' },
    );
  }
  return { requiresPython: result.data['requires-python'], packages: result.data.package };
}

/** Does a version specifier (`>=3.10,<3.12`) admit some release of this minor version? */
export function allows(specifier: string, python: string): boolean {
  // 3.11.0 and 3.11.99: `>=3.11.4` and `<3.12` admit a release of 3.11, `<3.11` and `>=3.12` none.
  return satisfies(`${python}.99`, specifier) || satisfies(`${python}.0`, specifier);
}

/** Everything the lock's own project needs at run time on a platform (no dependency groups), by name. */
export function lockedPackages(lock: Lock, platform: Platform): LockedFiles[] {
  const environment = environmentOf(platform);
  const root = lock.packages.find((item) =>
    ['editable', 'virtual', 'directory'].some((key) => item.source[key] === '.'),
  );
  if (root === undefined) {
    throw new McpgwError('package-failed', 'uv.lock: names no project of its own', { hint: 'run `uv lock`' });
  }
  const found = new Map<string, LockedPackage>();
  const seen = new Set<string>();
  const queue: Dependency[] = [...root.dependencies];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next.marker !== undefined && !markerHolds(next.marker, environment)) continue;
    const item = find(lock, next, environment);
    if (item === undefined) continue;
    found.set(item.name, item);
    for (const extra of ['', ...(next.extra ?? [])]) {
      const visit = `${item.name}[${extra}]`;
      if (seen.has(visit)) continue;
      seen.add(visit);
      queue.push(...(extra === '' ? item.dependencies : (item['optional-dependencies'][extra] ?? [])));
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(filesOf);
}

function find(lock: Lock, wanted: Dependency, environment: MarkerEnvironment): LockedPackage | undefined {
  const named = lock.packages.filter(
    (item) => item.name === wanted.name && (wanted.version === undefined || item.version === wanted.version),
  );
  // A fork of the resolution: the lock holds several versions, each for its own markers.
  return (
    named.find(
      (item) => item['resolution-markers']?.some((marker) => markerHolds(marker, environment)) ?? true,
    ) ?? named[0]
  );
}

function filesOf(item: LockedPackage): LockedFiles {
  return {
    name: item.name,
    version: item.version ?? '0',
    wheels: item.wheels.map((wheel) => ({
      name: decodeURIComponent((wheel.url ?? wheel.path ?? '').split('/').at(-1) ?? ''),
      size: wheel.size ?? 0,
    })),
    sdistSize: item.sdist?.size ?? 0,
  };
}

function environmentOf({ python, architecture }: Platform): MarkerEnvironment {
  return {
    python_version: python,
    // Any late release: locks fork by minor version; a micro version in a marker asks for "new enough".
    python_full_version: `${python}.99`,
    implementation_name: 'cpython',
    implementation_version: `${python}.99`,
    platform_python_implementation: 'CPython',
    platform_machine: MACHINE[architecture],
    platform_system: 'Linux',
    platform_release: '',
    platform_version: '',
    os_name: 'posix',
    sys_platform: 'linux',
    extra: '',
  };
}
