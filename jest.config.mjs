// ES modules in jest need node's --experimental-vm-modules, which the npm scripts set.
// swc only strips types; `npm run types` checks them once.
const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

export const project = (name, extra = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': swc },
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  ...extra,
});

export default {
  // real servers and the real engine start in seconds, on a busy machine in more
  testTimeout: 120_000,
  // most of the time a test waits for processes of its own: one worker would leave a core idle
  maxWorkers: 2,
  projects: [project('unit'), project('integration'), project('engine')],
};
