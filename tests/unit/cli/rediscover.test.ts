import { pinsOf } from '../../../cli/rediscover.ts';
import { syntheticEntry } from '../../engine/support/synthetic.ts';
import { manifestOf } from '../plan/samples.ts';

const signed = {
  formatVersion: 1 as const,
  id: 'aws-mcp-server',
  kind: 'remote' as const,
  package: { name: 'mcp-proxy-for-aws', version: '1.6.0' },
};
const manifest = manifestOf(syntheticEntry({ id: 'files-mcp-server' }), signed);

test('a server moves by the name of its package', () => {
  expect(pinsOf(manifest, ['files-mcp-server'], '2.0.0')).toEqual([
    { id: 'files-mcp-server', name: 'example.files-mcp-server', version: '2.0.0' },
  ]);
});

test('one that AWS runs has no version: the package is that of its signer', () => {
  expect(() => pinsOf(manifest, ['files-mcp-server', 'aws-mcp-server'])).toThrow(/is run by AWS/);
});
