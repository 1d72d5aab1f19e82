/** What callers of discovery give and get. */
import type { ManifestSource, ServerEntry } from '../plan/manifest.ts';

export interface DiscoverOptions {
  /** Folder of a checkout. */
  checkout?: string;
  /** `NAME` or `NAME==VERSION` of published packages. */
  fromPypi?: string[];
  /** A package that the index does not have as sources is left out and told; without this it ends the run. */
  leaveOut?: boolean;
  /** Commit, tag or branch of the manifest's repository; default: its pinned commit. */
  ref?: string;
  /** Folder of the manifest that is written. */
  manifest: string;
  /** Globs of server ids: only these are ever executed. */
  servers?: string[];
  /** false executes nothing of the checkout, no build hook either. */
  probe?: boolean;
  /** How many at a time; default: as many as there are processors, at most four. */
  jobs?: number;
  /** Minor version of Python for the probe, or `any` for a fitting one that is here already. */
  python?: string;
  /** What users give to servers that cannot be listed without it, by server id. */
  inputs?: Readonly<Record<string, ServerInput>>;
  /**
   * Where servers find credentials that tell their tools to an account only: remote ones that want signed requests, and
   * those that make tools of what an account holds (knowledge.yaml names them). No other server is given them.
   */
  account?: { environment: Readonly<Record<string, string>> };
  /** Compare only: nothing is written, `written` and `removed` say what would be. */
  check?: boolean;
  onProgress?: (event: DiscoveryEvent) => void;
}

export interface ServerInput {
  /** Of a remote server that wants signed requests. */
  endpoint?: string;
  region?: string;
  arguments?: string[];
  environment?: Record<string, string>;
}

export type DiscoveryEvent =
  | { type: 'note'; message: string }
  | { type: 'progress'; done: number; total: number; message: string };

/** What became of one server in this run; times stay out of the manifest. */
export interface ServerReport {
  id: string;
  kind: ServerEntry['kind'];
  /** `classified`: no server to probe. `kept`: not chosen, its manifest entry stays as it was. */
  status: NonNullable<ServerEntry['probe']>['status'] | 'classified' | 'kept';
  reason?: string;
  seconds: { install: number; probe: number };
  /** Nothing was executed: the same code was probed before. */
  cached: boolean;
}

export interface DiscoveryResult {
  source: ManifestSource;
  entries: ServerEntry[];
  reports: ServerReport[];
  written: string[];
  removed: string[];
  warnings: string[];
  /** With `leaveOut`: packages that were asked for. */
  absent?: AbsentPackage[];
}

export interface AbsentPackage {
  name: string;
  /** And what can be done about it. */
  reason: string;
}
