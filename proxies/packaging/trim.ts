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

/** Relative to `python3.x/`, which holds bin/ and lib/. */
export const LAYER_TRIM: readonly TrimRule[] = [
  CACHES,
  { path: /^(?:include|share)\//, because: 'headers and manuals' },
  { path: /^bin\/(?!python3\.\d+$)/, because: 'tools; the interpreter alone is started' },
  {
    path: /^lib\/python3\.\d+\/(?:test|idlelib|turtledemo|lib2to3|pydoc_data|ensurepip|tkinter)\//,
    because: 'tests, editors and installers',
  },
  { path: /^lib\/python3\.\d+\/(?:[a-z_]+\/)+tests?\//, because: 'tests of the standard library' },
  {
    path: /^lib\/python3\.\d+\/(?:site-packages|dist-packages)\//,
    because: 'pip; packages bring what they need',
  },
  { path: /^lib\/python3\.\d+\/config-/, because: 'for building an interpreter' },
  {
    path: /^lib\/python3\.\d+\/lib-dynload\/(?:_test|_ctypes_test|_xxtestfuzz|xx|_tkinter|_curses|readline|_dbm|_gdbm|nis)/,
    because: 'modules for terminals, windows and tests, and what they link to',
  },
  {
    path: /^lib\/(?:tcl|tk|itcl|thread|Tix|pkgconfig|libtcl|libtk)/,
    because: 'windows, and files for building',
  },
  { path: /\.(?:a|h|pyi)$/, because: 'for building and type checkers' },
  { path: /^lib\/(?!python3\.\d+\/|lib)/, because: 'not of this Python' },
];

export function isTrimmed(path: string, rules: readonly TrimRule[]): boolean {
  return rules.some((rule) => rule.path.test(path));
}
