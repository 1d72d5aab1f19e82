// The MCP project's conformance suite, `npm run conformance`: about a minute, so not part of `npm test`.
import { project } from '../../jest.config.mjs';

export default { ...project('conformance', { rootDir: '../..' }), testTimeout: 120_000 };
