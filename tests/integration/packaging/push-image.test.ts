/**
 * Images are built and pushed by Docker's command line. No engine runs here: a program of that name writes down how
 * it was called, with which configuration, and does what the real one would leave behind.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseServer } from '../../../plan/manifest.ts';
import { handlerHash } from '../../../proxies/packaging/handler-bundle.ts';
import { dockerfile } from '../../../proxies/packaging/image.ts';
import { packageServers } from '../../../proxies/packaging/index.ts';
import { imageKey, imageTag, packageInputs } from '../../../proxies/packaging/keys.ts';
import type { ImageStore } from '../../../store/images.ts';

const ID = 'aws-iac-mcp-server';
const entry = parseServer(readFileSync(`manifest/servers/${ID}.yaml`, 'utf8'), ID);
const DIGEST = `sha256:${'1'.repeat(64)}`;
const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
/** The user's. */
const OWN = {
  credsStore: 'desktop',
  credHelpers: { [REGISTRY]: 'ecr-login', 'example.org': 'own' },
  auths: { 'example.com': { auth: 'eA==' } },
  currentContext: 'mine',
};
const saved = { PATH: process.env.PATH, DOCKER_CONFIG: process.env.DOCKER_CONFIG };
let dir: string;
let key: string;
let tag: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mcpgw-push-'));
  const inputs = packageInputs(entry, await handlerHash());
  [key, tag] = [imageKey(inputs), imageTag(inputs)];
  // As an earlier `mcpgw package` left it.
  mkdirSync(join(dir, 'out', key, 'task'), { recursive: true });
  writeFileSync(join(dir, 'out', key, 'Dockerfile'), dockerfile(ID));
  writeFileSync(join(dir, 'out', `${key}.json`), '{}');
  mkdirSync(join(dir, 'docker', 'cli-plugins'), { recursive: true });
  writeFileSync(join(dir, 'docker', 'config.json'), JSON.stringify(OWN));
  process.env.DOCKER_CONFIG = join(dir, 'docker');
});
afterEach(() => {
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(dir, { recursive: true });
});

/** `does`: shell lines for `docker buildx build`; the metadata file is the word after --metadata-file. */
function docker({ buildx = 'true', engine = 'true', does = '' }): void {
  const lines = [
    '#!/bin/sh',
    `case "$1 $2" in "buildx version") ${buildx}; exit;; "version --format") ${engine}; exit;; esac`,
    `printf '%s\\n' "$@" > '${join(dir, 'arguments')}'`,
    `cp "$DOCKER_CONFIG/config.json" '${join(dir, 'config.json')}'`,
    `ls -l "$DOCKER_CONFIG" > '${join(dir, 'listing')}'`,
    `echo "$DOCKER_CONFIG" > '${join(dir, 'folder')}'`,
    'while [ "$1" != --metadata-file ]; do shift; done',
    does,
  ];
  mkdirSync(join(dir, 'bin'), { recursive: true });
  writeFileSync(join(dir, 'bin', 'docker'), lines.join('\n'));
  chmodSync(join(dir, 'bin', 'docker'), 0o755);
  process.env.PATH = `${join(dir, 'bin')}${delimiter}${saved.PATH}`;
}
const tells = (digest: string) => `echo '{"containerimage.digest": "${digest}"}' > "$2"`;

function publish(has = false, testPython?: string) {
  const asked: string[] = [];
  const opened: string[] = [];
  const images: ImageStore = {
    has: async (wanted) => {
      asked.push(wanted);
      return has;
    },
    open: async (wanted) => {
      opened.push(wanted);
      const uri = `${REGISTRY}/mcpgw-artefacts:${wanted}`;
      return { uri, registry: REGISTRY, user: 'AWS', password: 'pass:word' };
    },
  };
  const made = packageServers({
    entries: [entry],
    sourceOf: () => Promise.reject(new Error('nothing is to be built')),
    uv: '/nonexistent/uv',
    out: join(dir, 'out'),
    images,
    ...(testPython !== undefined && { testPython }),
  });
  return made.then((result) => ({ ...result, asked, opened }));
}

test('a staged context becomes an image for its processor under the tag that the stack names', async () => {
  docker({ does: tells(DIGEST) });
  const made = await publish();
  expect([made.failed, made.opened, made.published]).toEqual([[], [tag], [key]]);
  const words = readFileSync(join(dir, 'arguments'), 'utf8').trim().split('\n');
  expect(words.slice(0, 3)).toEqual(['buildx', 'build', '--push']);
  expect(words).toEqual(expect.arrayContaining(['--provenance=false', '--sbom=false', 'linux/amd64']));
  expect(words[words.indexOf('--tag') + 1]).toBe(`${REGISTRY}/mcpgw-artefacts:${tag}`);
  expect(words.at(-1)).toBe(join(dir, 'out', key));
});

test('the registry’s password is in a configuration of its own that goes away; the user’s plugins stay usable', async () => {
  docker({ does: tells(DIGEST) });
  await publish();
  expect(JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'))).toEqual({
    currentContext: 'mine',
    credHelpers: { 'example.org': 'own' },
    auths: {
      'example.com': { auth: 'eA==' },
      [REGISTRY]: { auth: Buffer.from('AWS:pass:word').toString('base64') },
    },
  });
  const listing = readFileSync(join(dir, 'listing'), 'utf8');
  expect(listing).toMatch(/^-rw------- .*config\.json$/m);
  expect(listing).toContain(`cli-plugins -> ${join(dir, 'docker', 'cli-plugins')}`);
  expect(() => readdirSync(readFileSync(join(dir, 'folder'), 'utf8').trim())).toThrow('ENOENT');
  expect(readFileSync(join(dir, 'docker', 'config.json'), 'utf8')).toBe(JSON.stringify(OWN));
});

test('an image that the registry has is neither built nor pushed', async () => {
  docker({ does: 'exit 1' });
  const made = await publish(true);
  expect([made.failed, made.opened, made.packages[0]?.status]).toEqual([[], [], 'published']);
});

test('an image made with a Python of this machine is not even asked for', async () => {
  const version = '3.13.0';
  writeFileSync(
    join(dir, 'python3.13'),
    `#!/bin/sh\necho '["CPython", "${version}", "/nonexistent", "x86_64"]'\n`,
  );
  chmodSync(join(dir, 'python3.13'), 0o755);
  docker({ does: tells(DIGEST) });
  const made = await publish(false, join(dir, 'python3.13'));
  expect([made.asked, made.opened, made.published]).toEqual([[], [], []]);
});

test.each([
  ['no buildx', { buildx: 'echo "unknown command: docker buildx" >&2; false' }, 'unknown command'],
  ['no engine', { engine: 'echo "Cannot connect to the Docker daemon" >&2; false' }, 'Cannot connect'],
])('%s: said with what to do, and nothing is published', async (_, without, words) => {
  docker({ ...without, does: tells(DIGEST) });
  const { failed, published } = await publish();
  expect(published).toEqual([]);
  expect(failed[0]?.error).toMatchObject({
    code: 'tool-missing-on-machine',
    message: expect.stringContaining(words),
    hint: expect.stringContaining('buildx'),
  });
});

test.each([
  ['fails', 'echo "denied: tag is immutable" >&2; exit 1', 'denied: tag is immutable'],
  ['tells no digest', tells('latest'), 'does not tell the digest'],
])('a push that %s is a failure of that server', async (_, does, words) => {
  docker({ does });
  const { failed, published } = await publish();
  expect(published).toEqual([]);
  expect(failed).toMatchObject([{ artefact: ID, error: { message: expect.stringContaining(words) } }]);
});
