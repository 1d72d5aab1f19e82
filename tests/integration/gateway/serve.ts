/** A process of its own that serves the fixture until a signal: what Ctrl-C and SIGTERM do is seen from outside. */
import { startGateway } from '../../../gateway/index.ts';
import { fixtureOptions } from './support.ts';

const stateDir = process.argv[2];
if (stateDir === undefined) throw new Error('state folder?');
const gateway = await startGateway({ ...(await fixtureOptions()), stateDir });
process.on('SIGUSR2', () => {
  throw new Error('a bug of ours');
});
console.log(gateway.url);
