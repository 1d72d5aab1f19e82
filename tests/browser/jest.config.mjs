// `npm run browser`: needs a Chromium of the machine, so not part of `npm test`.
import { project } from '../../jest.config.mjs';

export default { ...project('browser', { rootDir: '../..' }), testTimeout: 120_000 };
