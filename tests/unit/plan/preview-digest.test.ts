import { readDigest } from '../../../plan/review/preview-digest.ts';

const urn = (type: string, name: string) => `urn:pulumi:dev::mcpgw::mcpgw:index:Server$${type}::${name}`;

test('resources by what becomes of them, the replaced ones once', () => {
  const digest = {
    steps: [
      { op: 'same', urn: urn('aws:iam/role:Role', 'iam') },
      { op: 'update', urn: urn('aws:lambda/function:Function', 'iam'), diffReasons: ['s3Key'] },
      { op: 'create-replacement', urn: urn('aws:iam/role:Role', 'a'), replaceReasons: ['path'] },
      { op: 'replace', urn: urn('aws:iam/role:Role', 'a'), replaceReasons: ['path'] },
      { op: 'delete-replaced', urn: urn('aws:iam/role:Role', 'a') },
      { op: 'create', urn: 'urn:pulumi:dev::mcpgw::pulumi:pulumi:Stack::mcpgw-dev' },
    ],
    changeSummary: { same: 7 },
    diagnostics: [
      { severity: 'error', message: 'bad\n' },
      { severity: 'warning', message: 'so so' },
    ],
  };
  expect(readDigest(JSON.stringify(digest))).toEqual({
    changes: [
      { op: 'update', type: 'lambda.Function', name: 'iam', because: ['s3Key'] },
      { op: 'replace', type: 'iam.Role', name: 'a', because: ['path'] },
    ],
    unchanged: 7,
    errors: ['bad'],
  });
});

test.each(['', 'error: no', '[]', '{"steps": 3}'])('%j is no digest', (text) => {
  expect(() => readDigest(text)).toThrow(/printed no digest/);
});
