/** State of stacks that exist names these components: one that is called otherwise needs a line in infra/renamed.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { aliasesOf, RENAMES } from '../../../infra/renamed.ts';

const ONCE = [
  'mcpgw:auth:CognitoIssuer',
  'mcpgw:gateway:ExistingGateway',
  'mcpgw:gateway:Gateway',
  'mcpgw:gateway:RateLimits',
  'mcpgw:iam:ScopedRole',
  'mcpgw:lambda:PythonLayers',
  'mcpgw:network:PrivateNetwork',
  'mcpgw:observe:GatewayRecords',
  'mcpgw:observe:Observation',
  'mcpgw:server:Server',
];

test('every component that ever was is still there, or its new name knows the old one', () => {
  const folder = new URL('../../../infra/components/', import.meta.url);
  const code = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const now = code.flatMap((text) =>
    [...text.matchAll(/super\(\s*'(mcpgw:[^']+)'/g)].map((match) => match[1]),
  );
  expect(now.length).toBeGreaterThanOrEqual(ONCE.length);
  const former = RENAMES.map(({ formerType }) => formerType);
  expect(ONCE.filter((type) => !now.includes(type) && !former.includes(type))).toEqual([]);
});

test('an alias says only what was otherwise', () => {
  const renames = [
    { type: 'a:b:Now', formerType: 'a:b:Once' },
    { type: 'a:b:Now', formerName: (name: string) => (name === 'x' ? 'y' : undefined) },
  ];
  expect(aliasesOf(renames, 'a:b:Now', 'x')).toEqual([{ type: 'a:b:Once' }, { name: 'y' }]);
  expect(aliasesOf(renames, 'a:b:Now', 'z')).toEqual([{ type: 'a:b:Once' }]);
  expect(aliasesOf(renames, 'a:b:Other', 'x')).toEqual([]);
});
