/**
 * Traps that real servers of awslabs/mcp have set, each rebuilt in a server without dependencies under the real one's id,
 * so that the named repairs of knowledge.yaml apply.
 */
import path from 'node:path';
import { type DiscoveryResult, discover } from '../../../discovery/index.ts';
import type { ServerEntry } from '../../../plan/manifest.ts';
import { pythonServer } from '../../unit/discovery/python-server.ts';
import { folderWith, removeTemporaryFolders, temporaryFolder } from '../../unit/discovery/support.ts';

const LIMIT = 300_000;
const PYPROJECT = (id: string): string => `src/${id}/pyproject.toml`;

/** Fails to start unless the AWS that it is pointed at says who it is. */
const ASKS_STS = `
import os, urllib.request
body = urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'], b'Action=GetCallerIdentity&Version=2011-06-15').read()
assert b'<Account>' in body
`;
const NEEDS_REGION = `
import os
region = os.environ['AWS_DEFAULT_REGION']
assert region == os.environ['AWS_REGION']
`;
const NEEDS_PROFILE = `
import configparser, os
config = configparser.ConfigParser()
assert config.read(os.environ['AWS_CONFIG_FILE']) and 'default' in config
`;
const WRITES_HOME = `
import os, pathlib
pathlib.Path.home().joinpath('.aws-thing').mkdir()
pathlib.Path('log.txt').write_text('x')
`;

// Imported it would want botocore, which this small server has not.
const FORGOTTEN = "import importlib.util\nassert importlib.util.find_spec('mypy_boto3_qbusiness')";

function traps(): Record<string, string> {
  const files = {
    ...pythonServer('mysql-mcp-server', ['run_query']),
    ...pythonServer('aws-support-mcp-server', ['describe_cases']),
    ...pythonServer('amazon-qindex-mcp-server', ['search'], FORGOTTEN),
    ...pythonServer(
      'amazon-keyspaces-mcp-server',
      ['list_keyspaces'],
      'import sys\nassert sys.version_info < (3, 12)',
    ),
    ...pythonServer('amazon-translate-mcp-server', ['translate'], ASKS_STS),
    ...pythonServer('healthlake-mcp-server', ['read_resource'], NEEDS_REGION),
    ...pythonServer('amazon-mq-mcp-server', ['list_brokers'], NEEDS_PROFILE),
    ...pythonServer('dynamodb-mcp-server', ['get_item'], WRITES_HOME),
    ...pythonServer('openapi-mcp-server', ['call'], 'import sys\nassert "--spec-path" in sys.argv'),
    ...pythonServer('lambda-tool-mcp-server', []),
  };
  const edit = (file: string, change: (text: string) => string): void => {
    files[file] = change(files[file] ?? '');
  };
  // Its build hook reaches for the network while the wheel is built.
  edit(
    PYPROJECT('mysql-mcp-server'),
    (text) => `${text}\n[tool.hatch.build.targets.wheel.hooks.custom]\npath = "hatch_build.py"\n`,
  );
  files['src/mysql-mcp-server/hatch_build.py'] = 'raise RuntimeError("no network")\n';
  // No build-system table: uv sync ends well without installing the project, and locks it as virtual.
  edit(PYPROJECT('aws-support-mcp-server'), (text) => text.slice(0, text.indexOf('[build-system]')));
  edit('src/aws-support-mcp-server/uv.lock', (text) => text.replace('editable', 'virtual'));
  edit(PYPROJECT('amazon-keyspaces-mcp-server'), (text) => text.replace('>=3.10', '>=3.10,<3.12'));
  edit('src/amazon-keyspaces-mcp-server/uv.lock', (text) => text.replace('>=3.10', '>=3.10, <3.12'));
  return files;
}

let checkout: string;
let result: DiscoveryResult;
const entryOf = (id: string): ServerEntry | undefined => result.entries.find((entry) => entry.id === id);

beforeAll(async () => {
  checkout = await folderWith(traps());
  result = await discover({
    checkout,
    manifest: path.join(await temporaryFolder(), 'manifest'),
    python: 'any',
  });
}, LIMIT);

afterAll(removeTemporaryFolders);

test.each([
  ['mysql-mcp-server', 'a build hook that wants the network is left out'],
  ['aws-support-mcp-server', 'a project without build-system table is installed all the same'],
  ['amazon-qindex-mcp-server', 'a package that the lock forgot is added'],
  ['amazon-keyspaces-mcp-server', 'an older Python is taken where it is demanded'],
  ['amazon-translate-mcp-server', 'the stand-in tells who is calling'],
  ['healthlake-mcp-server', 'both region variables are there'],
  ['amazon-mq-mcp-server', 'a config file with a default profile is there'],
  ['dynamodb-mcp-server', 'home and working folder can be written'],
])('%s: %s', (id) => {
  expect(entryOf(id)?.probe?.reason).toBeUndefined();
  expect(entryOf(id)?.probe?.status).toBe('listed');
});

test('what had to be repaired and which Python it took are in the manifest', () => {
  expect(entryOf('amazon-qindex-mcp-server')?.build?.repairs).toEqual(['mypy-boto3-qbusiness']);
  expect(entryOf('amazon-keyspaces-mcp-server')).toMatchObject({
    build: { python: '3.11' },
    probe: { python: expect.stringMatching(/^3\.1[01]$/) },
  });
});

test('one that lists nothing is empty, and says what it would need', () => {
  expect(entryOf('lambda-tool-mcp-server')?.probe).toEqual({
    status: 'empty',
    reason: expect.stringContaining('FUNCTION_PREFIX'),
    ...(entryOf('lambda-tool-mcp-server')?.probe?.python !== undefined && { python: expect.any(String) }),
  });
});

test(
  'one that needs input says what, and is listed once it is given',
  async () => {
    expect(entryOf('openapi-mcp-server')?.probe).toMatchObject({
      status: 'needs-input',
      reason: expect.stringContaining('--spec-path'),
    });
    const given = await discover({
      checkout,
      manifest: path.join(await temporaryFolder(), 'manifest'),
      python: 'any',
      servers: ['openapi-*'],
      inputs: { 'openapi-mcp-server': { arguments: ['--spec-path', 'petstore.json'] } },
    });
    const entry = given.entries.find(({ id }) => id === 'openapi-mcp-server');
    expect([entry?.probe?.status, Object.keys(entry?.tools ?? {})]).toEqual(['listed', ['call']]);
  },
  LIMIT,
);

describe('a server that makes tools of what an account holds', () => {
  const ASKS = "import os\nassert 'AWS_ENDPOINT_URL' not in os.environ and os.environ['ACCOUNT_OF_THE_TEST']";
  const NOT_FOR_ME = "import os\nassert 'ACCOUNT_OF_THE_TEST' not in os.environ";
  const account = { environment: { ACCOUNT_OF_THE_TEST: 'yes' } };
  let manifest: string;
  let folder: string;

  beforeAll(async () => {
    manifest = path.join(await temporaryFolder(), 'manifest');
    folder = await folderWith({
      ...pythonServer('stepfunctions-tool-mcp-server', ['get_order'], ASKS),
      ...pythonServer('iam-mcp-server', ['list_users'], NOT_FOR_ME),
    });
  });

  test.each([
    ['without an account', undefined, 'needs-input', 'needs-input'],
    ['with one, which no other server gets', account, 'listed', 'listed'],
    ['without one again: what it gave is kept', undefined, 'kept', 'listed'],
  ] as const)(
    '%s',
    async (_, given, report, status) => {
      const { reports, entries } = await discover({
        checkout: folder,
        manifest,
        python: 'any',
        ...(given && { account: given }),
      });
      const [iam, steps] = reports;
      expect([iam?.status, steps?.status]).toEqual(['listed', report]);
      const entry = entries.find(({ id }) => id === 'stepfunctions-tool-mcp-server');
      expect(entry?.probe?.status).toBe(status);
      if (status === 'listed') {
        // Who named the state machine did not promise that it only reads.
        expect(entry?.tools?.get_order?.access).toBe('unknown');
      } else expect(entry?.probe?.reason).toContain('--profile');
    },
    LIMIT,
  );
});
