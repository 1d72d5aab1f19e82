/** A thread of the benchmark: parses packages and binds their names, without deriving anything. */
import { parentPort } from 'node:worker_threads';
import { loadPackage, type PackageLocation } from '../../discovery/static/package.ts';

parentPort?.on('message', async (location: PackageLocation) => {
  await loadPackage(location);
  parentPort?.postMessage('done');
});
