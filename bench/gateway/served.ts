/** The gateway in a process of its own, as it is used, over the test fixture. Prints its URL. */
import { startGateway } from '../../gateway/index.ts';
import { fixtureOptions } from '../../tests/integration/gateway/support.ts';

const stateDir = process.argv[2] ?? '';
const gateway = await startGateway({ ...(await fixtureOptions()), stateDir });
console.log(gateway.url);
