/** What never runs on Lambda and is left out of packages and layers. A stated list: each rule with its reason. */

export interface TrimRule {
  /** Matches a path relative to the folder of packages (or of the layer's Python). */
  path: RegExp;
  because: string;
}

/** The server's own folder is never trimmed but for these: what it ships, it may open. */
const CACHES: TrimRule = { path: /(?:^|\/)__pycache__\//, because: 'compiled anew for the layer’s Python' };

export const PACKAGE_TRIM: readonly TrimRule[] = [
  CACHES,
  { path: /^[^/]+\/(?:.+\/)?tests\//, because: 'test suites of libraries, in their packages' },
  { path: /\.pyi$/, because: 'type stubs: read by type checkers only' },
  {
    path: /\.(?:pyx|pxd|pxi|c|h|hpp|cpp|cc|a|f90)$/,
    because: 'sources and headers: needed to build, not to run',
  },
  { path: /\.(?:js|css)\.map$/, because: 'source maps of web pages' },
  {
    path: /\.dist-info\/(?:INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$/,
    because: 'tell who installed it here',
  },
  { path: /^(?:share\/(?:man|doc)|include)\//, because: 'manuals and headers' },
  {
    path: /^playwright\/driver\/node$/,
    because: 'its own copy of Node (113 MB); PLAYWRIGHT_NODEJS_PATH names the one that runs the handler',
  },
];

/** Relative to the layer's `python3.x/`, which holds bin/python3.x, lib/python3.x/ and, if it needs it, libpython. */
export const LAYER_TRIM: readonly TrimRule[] = [
  CACHES,
  {
    path: /^lib\/python3\.\d+\/(?:test|idlelib|turtledemo|tkinter)\//,
    because: 'the interpreter’s own tests, an editor and windows',
  },
  { path: /^lib\/python3\.\d+\/(?:[a-z_]+\/)+tests?\//, because: 'tests of the standard library' },
  {
    path: /^lib\/python3\.\d+\/(?:lib2to3|pydoc_data|ensurepip)\//,
    because: 'tools for people and installers',
  },
  {
    path: /^lib\/python3\.\d+\/(?:site|dist)-packages\//,
    because: 'pip and its kin; a package brings what its server needs',
  },
  { path: /^lib\/python3\.\d+\/config-/, because: 'for building an interpreter' },
  {
    path: /^lib\/python3\.\d+\/lib-dynload\/(?:_test|_ctypes_test|_xxtestfuzz|xx)/,
    because: 'modules that exist to be tested',
  },
  {
    path: /^lib\/python3\.\d+\/lib-dynload\/(?:_tkinter|_curses|readline|_dbm|_gdbm|nis|ossaudiodev)/,
    because: 'for terminals, windows and old databases; they link to libraries that Lambda lacks',
  },
  { path: /\.(?:a|h|o|pyi)$/, because: 'for building and for type checkers' },
];

export function isTrimmed(path: string, rules: readonly TrimRule[]): boolean {
  return rules.some((rule) => rule.path.test(path));
}
