// `npm run ric`: the test bed's suites under the genuine aws-lambda-ric, which is built once (a compiler, cmake, python3,
// xz; a minute), so not part of `npm test`. About two minutes.
import { project } from '../../jest.config.mjs';

const suites = ['lambda', 'packaged'].map((name) => `<rootDir>/tests/integration/proxies/${name}.test.ts`);

export default {
  ...project('ric', { rootDir: '../..', testMatch: ['<rootDir>/tests/ric/*.test.ts', ...suites] }),
  globalSetup: '<rootDir>/tests/ric/setup.mjs',
  globalTeardown: '<rootDir>/tests/ric/teardown.mjs',
  maxWorkers: 1,
  testTimeout: 120_000,
};
