/** Every statement on every resource says why, for all servers that there are; the house rule knows the same reasons. */
import { resolve } from 'node:path';
import { statementsFor } from '../../../plan/permissions.ts';
import { wildcardReason } from '../../../plan/wildcards.ts';
import { readManifest } from '../../../store/manifest.ts';
import { settingsOf } from './samples.ts';

const manifest = await readManifest(resolve(import.meta.dirname, '../../../manifest'));
const everything = settingsOf({
  servers: {
    defaults: { conditional: ['*'], statements: [{ actions: ['s3:GetObject'], resources: ['*'] }] },
  },
});

test.each([
  ['as they are', settingsOf()],
  ['reading only', settingsOf({ readOnly: true })],
  ['with all that is conditional, and a statement of the settings', everything],
])('all servers, %s', (_what, settings) => {
  const open = Object.values(manifest.servers).flatMap((entry) =>
    statementsFor(entry, settings)
      .filter(({ resources }) => resources.includes('*'))
      .map(({ sid, reason }) => ({ at: `${entry.id} ${sid}`, reason, known: wildcardReason(sid) })),
  );
  expect(open.length).toBeGreaterThan(50);
  expect(open.filter(({ reason, known }) => reason === '' || known === undefined)).toEqual([]);
});

test.each(['Ec2', 'ByCaller', 'Unscoped3', 'InvokeServers', 'S3', '', 'constructor', 'SettingsX'])(
  '%j gives no reason',
  (sid) => expect(wildcardReason(sid)).toBeUndefined(),
);

test.each(['S3ByCaller', 'S3Unscoped2', 'S3Unscoped212', 'Settings3', 'JoinNetwork', 'Account'])(
  '%s gives one',
  (sid) => expect(wildcardReason(sid)).toMatch(/\w+ \w+/),
);
