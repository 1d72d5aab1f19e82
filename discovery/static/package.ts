/** A Python package as the static readers see it: its modules parsed, and imports between them resolved. Executes nothing. */
import { join, posix } from 'node:path';
import glob from 'fast-glob';
import { readRegular } from '../files.ts';
import { MAX_CHARACTERS, pythonParser } from './syntax/parser.ts';
import { moduleScope, type Scope, scopesOf } from './syntax/scope.ts';

export interface SourceModule {
  /** File below the package. */
  file: string;
  /** Dotted below the package; empty for its own `__init__`. */
  name: string;
  /** Whether it is an `__init__`, so that one dot means itself. */
  package: boolean;
  scope: Scope;
  broken: boolean;
}

export interface SourcePackage {
  /** Dotted name, as other code imports it: `awslabs.iam_mcp_server`. */
  name: string;
  modules: Map<string, SourceModule>;
  scopes: Scope[];
}

/** Where a package's files are: a folder, or a root with chosen files below it (a whole server: its package is found). */
export type PackageLocation = string | { root: string; files: readonly string[] };

const IGNORED = ['**/tests/**', '**/test/**', '**/node_modules/**', '**/.venv/**', '**/__pycache__/**'];

export async function loadPackage(location: PackageLocation): Promise<SourcePackage> {
  const { root, files } =
    typeof location === 'string'
      ? {
          root: location,
          files: await glob('**/*.py', { cwd: location, ignore: IGNORED, followSymbolicLinks: false }),
        }
      : location;
  const sources = files.filter((file) => isImportable(file) && !isTest(file)).sort();
  const base = typeof location === 'string' ? '' : packageFolder(sources);
  const name = base === '' ? absoluteName(root, typeof location === 'string') : base.replaceAll('/', '.');
  const parser = await pythonParser();
  const modules = new Map<string, SourceModule>();
  for (const path of sources) {
    if (base !== '' && !path.startsWith(`${base}/`)) continue;
    const text = await readText(join(root, path));
    if (text === undefined) continue;
    const file = base === '' ? path : path.slice(base.length + 1);
    const { body, broken } = parser.parse(text);
    const module = moduleName(file);
    modules.set(module, {
      file,
      name: module,
      package: posix.basename(file) === '__init__.py',
      scope: moduleScope(file, body),
      broken,
    });
  }
  const scopes = [...modules.values()].flatMap((module) => [...scopesOf(module.scope)]);
  return { name, modules, scopes };
}

/** Python can import nothing from below a folder such as `some-skill`. */
function isImportable(file: string): boolean {
  return /^(?:[\p{L}_][\p{L}\p{N}_]*\/)*[^/]+\.py$/u.test(file);
}

function isTest(file: string): boolean {
  return /(^|\/)(tests?|node_modules|\.venv|__pycache__)\//.test(file);
}

/** The folder that holds the package: down the fullest folders, past bare namespaces (nothing in them but one folder). */
function packageFolder(files: readonly string[]): string {
  let folder = '';
  for (;;) {
    const inside = files
      .filter((file) => folder === '' || file.startsWith(`${folder}/`))
      .map((file) => file.slice(folder === '' ? 0 : folder.length + 1));
    const modules = inside.filter((file) => !file.includes('/') && file !== '__init__.py');
    const counts = new Map<string, number>();
    for (const file of inside) {
      const [head = ''] = file.split('/');
      if (file.includes('/')) counts.set(head, (counts.get(head) ?? 0) + 1);
    }
    const [fullest] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const found = folder !== '' && (modules.length > 0 || counts.size !== 1);
    if (fullest === undefined || found) return folder;
    folder = folder === '' ? fullest[0] : `${folder}/${fullest[0]}`;
  }
}

/** Of a package's own folder: `awslabs.x` when it lies in a namespace folder. */
function absoluteName(root: string, folder: boolean): string {
  const parts = root.split(/[\\/]/).filter((part) => part !== '');
  if (!folder) return '';
  return parts.at(-2) === 'awslabs' ? parts.slice(-2).join('.') : (parts.at(-1) ?? '');
}

function moduleName(file: string): string {
  return file
    .replace(/\.py$/, '')
    .replace(/(^|\/)__init__$/, '')
    .replaceAll('/', '.');
}

/** Regular files of a sane size only: a link may lead out of the tree. */
async function readText(path: string): Promise<string | undefined> {
  return (await readRegular(path, 2 * MAX_CHARACTERS).catch(() => undefined))?.toString('utf8');
}

/** A module of the package by what an import statement in `from` says; undefined when it lies outside. */
export function resolveModule(
  source: SourcePackage,
  from: SourceModule,
  level: number,
  module: string,
): SourceModule | undefined {
  return source.modules.get(localName(source, from, level, module) ?? '\0');
}

export function localName(
  source: SourcePackage,
  from: SourceModule,
  level: number,
  module: string,
): string | undefined {
  if (level === 0) {
    if (module === source.name) return '';
    return module.startsWith(`${source.name}.`) ? module.slice(source.name.length + 1) : undefined;
  }
  const parts = from.name === '' ? [] : from.name.split('.');
  const up = from.package ? level - 1 : level;
  if (up > parts.length) return undefined;
  return [...parts.slice(0, parts.length - up), ...(module === '' ? [] : [module])].join('.');
}
