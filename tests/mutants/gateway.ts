/** The guards of the local gateway, each with the mutation that must turn a test red. */
import type { Mutant } from './proxies.ts';

const unit = (name: string, test?: string): Mutant['test'] =>
  test === undefined
    ? ['unit', `tests/unit/gateway/${name}.test.ts`]
    : ['unit', `tests/unit/gateway/${name}.test.ts`, test];
const served = (test: string): Mutant['test'] => [
  'integration',
  'tests/integration/gateway/gateway.test.ts',
  test,
];

export const GATEWAY_MUTANTS: readonly Mutant[] = [
  {
    guard: 'AWS calls are told only to a caller who asks',
    file: 'gateway/aws-report.ts',
    find: 'meta?.[KEY] === true',
    replace: 'true',
    test: unit('mcp', 'did on AWS'),
  },
  {
    guard: 'another issuer is refused',
    file: 'gateway/authorise.ts',
    find: '      issuer: keys.issuer,\n',
    replace: '',
    test: unit('authorisation'),
  },
  {
    guard: 'a token must say when it ends',
    file: 'gateway/authorise.ts',
    find: "      requiredClaims: ['exp'],\n",
    replace: '',
    test: unit('authorisation'),
  },
  {
    guard: 'asymmetric algorithms only',
    file: 'gateway/authorise.ts',
    find: "const ALGORITHMS = ['RS256',",
    replace: "const ALGORITHMS = ['HS256', 'RS256',",
    test: unit('authorisation'),
  },
  {
    guard: "another client's token is refused",
    file: 'gateway/authorise.ts',
    find: 'if (rule.allowedClients && ',
    replace: 'if (false && rule.allowedClients && ',
    test: unit('authorisation'),
  },
  {
    guard: 'a scope is needed',
    file: 'gateway/authorise.ts',
    find: 'if (rule.allowedScopes && ',
    replace: 'if (false && rule.allowedScopes && ',
    test: unit('authorisation'),
  },
  {
    guard: 'an audience is needed where the rule has one',
    file: 'gateway/authorise.ts',
    find: 'if (rule.allowedAudience && ',
    replace: 'if (false && rule.allowedAudience && ',
    test: unit('authorisation'),
  },
  {
    guard: 'an issuer that was away is asked again',
    file: 'gateway/authorise.ts',
    find: 'keys = undefined; // an issuer',
    replace: '// an issuer',
    test: unit('authorisation'),
  },
  {
    guard: "the client's secret is compared",
    file: 'gateway/issuer.ts',
    find: ' || !sameSecret(given.secret, client.secret)',
    replace: '',
    test: unit('issuer'),
  },
  {
    guard: 'a client gets only its own scopes',
    file: 'gateway/issuer.ts',
    find: 'if (asked.some((scope) => !client.scopes.includes(scope)))',
    replace: 'if (asked.length > 99)',
    test: unit('issuer'),
  },
  {
    guard: 'Host is checked',
    file: 'gateway/loopback.ts',
    find: 'if (!names.includes(host.toLowerCase()))',
    replace: "if (host === 'nobody')",
    test: unit('loopback'),
  },
  {
    guard: 'Origin is checked',
    file: 'gateway/loopback.ts',
    find: 'if (origin !== undefined && ',
    replace: "if (origin === 'nobody' && ",
    test: unit('loopback'),
  },
  {
    guard: 'arguments are checked before any server sees them',
    file: 'gateway/calls.ts',
    find: 'if (refusal !== undefined)',
    replace: "if (refusal === 'never')",
    test: unit('mcp'),
  },
  {
    guard: 'errors of functions are hidden',
    file: 'gateway/calls.ts',
    find: 'if (!debugErrors) return',
    replace: "if (message === '') return",
    test: unit('mcp'),
  },
  {
    guard: 'a body has a bound, whatever it declares',
    file: 'gateway/mcp.ts',
    find: 'if (size > limit) return undefined;',
    replace: '',
    test: unit('mcp'),
  },
  {
    guard: 'an environment runs one call at a time',
    file: 'gateway/environments.ts',
    find: 'this.#busy.add(handler);',
    replace: '',
    test: unit('environments'),
  },
  {
    guard: 'a toolset admits only its clients',
    file: 'gateway/compose.ts',
    find: '({ name }) => unit === undefined || isAdmitted(plan.settings, name, unit),',
    replace: "({ name }) => name !== '' || isAdmitted(plan.settings, name, unit ?? ''),",
    test: unit('toolsets'),
  },
  {
    guard: 'a toolset holds only its servers',
    file: 'gateway/compose.ts',
    find: 'tools.filter(({ name }) => offered.has(name))',
    replace: "tools.filter(({ name }) => offered.has(name) || name !== '')",
    test: unit('toolsets'),
  },
  {
    guard: 'words of a tool are no markup',
    file: 'gateway/page.ts',
    find: "'<': '&lt;',",
    replace: '',
    test: unit('page'),
  },
  {
    guard: 'secrets are readable by their owner only',
    file: 'gateway/identity.ts',
    find: '{ mode: 0o600 }',
    replace: '{ mode: 0o644 }',
    test: unit('state'),
  },
  {
    guard: 'close ends the servers',
    file: 'gateway/index.ts',
    find: 'Promise.all([environments.close(), closeServer(server)])',
    replace: 'Promise.all([closeServer(server)])',
    test: served('close ends'),
  },
  {
    guard: '127.0.0.1 only',
    file: 'gateway/index.ts',
    find: "server.listen(port, '127.0.0.1', ",
    replace: "server.listen(port, '0.0.0.0', ",
    test: served('127.0.0.1 only'),
  },
  {
    guard: 'a changed description is drift',
    file: 'gateway/verify.ts',
    find: 'if (seen.description !== expected.description) {\n    drift.push',
    replace: "if (seen.description === 'x') {\n    drift.push",
    test: unit('verify'),
  },
  {
    guard: 'what the contract kit made is taken away, the last first',
    file: 'gateway/contract/aws-platform.ts',
    find: 'made.splice(0).reverse()',
    replace: 'made.splice(0).slice(1)',
    test: ['integration', 'tests/integration/gateway/contract-aws.test.ts', 'nothing is left'],
  },
];
