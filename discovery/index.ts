/** Discovery, as the command line and the local gateway use it. */
export { discover } from './discover.ts';
export { type PrepareOptions, prepareServer, sourcesOf } from './prepare.ts';
export { ensureUv } from './python/uv.ts';
export type {
  AbsentPackage,
  DiscoverOptions,
  DiscoveryEvent,
  DiscoveryResult,
  ServerReport,
} from './types.ts';
