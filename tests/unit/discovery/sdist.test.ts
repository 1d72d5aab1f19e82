/** Published sdists: chosen, verified and unpacked without harm. */
import fc from 'fast-check';
import { filesOfHtml, filesOfJson, type PublishedFile } from '../../../discovery/source/index-client.ts';
import { parseWish, pickSdist } from '../../../discovery/source/sdist.ts';
import { readTarGz } from '../../../discovery/source/tar.ts';
import { compareVersions } from '../../../discovery/source/version.ts';
import { tarGz } from './support.ts';

const published = (filename: string, more: Partial<PublishedFile> = {}): PublishedFile => ({
  filename,
  url: `https://index.example/${filename}`,
  sha256: 'a'.repeat(64),
  yanked: false,
  uploaded: undefined,
  ...more,
});

describe('which sdist', () => {
  const files = [
    published('awslabs_x-1.0.9.tar.gz'),
    published('awslabs_x-1.0.10.tar.gz'),
    published('awslabs_x-1.0.11.tar.gz', { yanked: true }),
    published('awslabs_x-1.1.0rc1.tar.gz'),
    published('awslabs_x-2.0.0-py3-none-any.whl'),
    published('awslabs_x_extra-9.0.0.tar.gz'),
  ];

  test('without a version the newest release that was not withdrawn', () => {
    expect(pickSdist('awslabs-x', files).version).toBe('1.0.10');
  });

  test('a version is taken as named, withdrawn or not', () => {
    expect(pickSdist('awslabs-x', files, '1.0.11').file.filename).toBe('awslabs_x-1.0.11.tar.gz');
  });

  test.each(['2.0.0', '9.0.0'])('%s has no sdist', (version) => {
    expect(() => pickSdist('awslabs-x', files, version)).toThrow(/no source distribution of awslabs-x==/);
  });

  test.each([
    ['withdrawn', [published('awslabs_x-1.0.tar.gz', { yanked: true })], /was withdrawn.*: awslabs-x==1\.0$/],
    ['wheels', [published('awslabs_x-1.0-py3-none-any.whl')], /no source distribution.*: it has wheels only/],
    ['nothing', [], /no source distribution.*: check the name$/],
  ])('where there is none to take, why, and what can be done: %s', (_, all, message) => {
    const said = () => {
      try {
        return pickSdist('awslabs-x', all).version;
      } catch (error) {
        const { message, hint } = error as { message: string; hint: string };
        return `${message}: ${hint}`;
      }
    };
    expect(said()).toMatch(message);
  });

  test('one without a hash is never taken', () => {
    expect(() => pickSdist('awslabs-x', [published('awslabs_x-1.0.tar.gz', { sha256: '' })])).toThrow(
      /no source/,
    );
  });

  test.each(['', '--index=x', 'a b', 'x==', 'x=1', 'https://example.com/x.tar.gz'])(
    '%j is no package',
    (text) => {
      expect(() => parseWish(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  test('versions order by number', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 4 }), fc.nat(3), (numbers, at) => {
        const index = at % numbers.length;
        const higher = numbers.map((number, place) => (place === index ? number + 1 : number));
        expect(compareVersions(numbers.join('.'), higher.join('.'))).toBeLessThan(0);
        expect(compareVersions(higher.join('.'), numbers.join('.'))).toBeGreaterThan(0);
      }),
    );
  });
});

describe('index answers', () => {
  const hash = 'b'.repeat(64);

  test('JSON and HTML say the same', () => {
    const json = JSON.stringify({
      files: [{ filename: 'x-1.tar.gz', url: 'x-1.tar.gz', hashes: { sha256: hash }, yanked: 'broken' }],
    });
    const html = `<html><a href="x-1.tar.gz#sha256=${hash}" data-yanked="broken">x-1.tar.gz</a></html>`;
    expect(filesOfJson(json)).toEqual(filesOfHtml(html));
    expect(filesOfJson(json)[0]).toMatchObject({ sha256: hash, yanked: true });
  });
});

describe('archive', () => {
  test('regular files below the top folder are read', () => {
    const files = readTarGz(
      tarGz([
        { name: 'x-1/', type: '5' },
        { name: 'x-1/pyproject.toml', content: 'a' },
        { name: 'x-1/a/b.py', content: 'b'.repeat(600) },
      ]),
    );
    expect([...files].map(([name, content]) => [name, content.length])).toEqual([
      ['pyproject.toml', 1],
      ['a/b.py', 600],
    ]);
  });

  test('long names of both kinds are joined to their file', () => {
    const long = `x-1/${'d'.repeat(120)}/file.py`;
    const record = ` path=${long}\n`;
    const length = record.length + String(record.length + 3).length;
    const files = readTarGz(
      tarGz([
        { name: 'pax', type: 'x', content: `${length}${record}` },
        { name: 'x-1/short', content: '1' },
        { name: 'gnu', type: 'L', content: `${long}2\0` },
        { name: 'x-1/short', content: '2' },
        { name: 'x-1/short', content: '3' },
      ]),
    );
    expect([...files.keys()]).toEqual([long.slice(4), `${long.slice(4)}2`, 'short']);
  });

  test.each(['x-1/../../evil', '/etc/passwd', 'x-1//a', 'x-1/./a', 'x-1\\a', '..'])(
    '%j is refused',
    (name) => {
      expect(() => readTarGz(tarGz([{ name, content: 'x' }]))).toThrow(/holds the path/);
    },
  );

  test.each([
    ['a symbolic link', '2'],
    ['a hard link', '1'],
    ['a device', '3'],
    ['a pipe', '6'],
  ])('%s is left out', (_, type) => {
    const files = readTarGz(
      tarGz([
        { name: 'x-1/link', type, link: '/etc/passwd' },
        { name: 'x-1/a', content: 'a' },
      ]),
    );
    expect([...files.keys()]).toEqual(['a']);
  });

  test('a size beyond the end and a damaged header are refused', () => {
    expect(() => readTarGz(tarGz([{ name: 'x-1/a', size: 1_000_000 }]))).toThrow(/cut off/);
    expect(() => readTarGz(Buffer.from('not gzip'))).toThrow();
  });

  test('any bytes give files or an error, never a path that leaves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }), (name) => {
        let names: string[] = [];
        try {
          names = [...readTarGz(tarGz([{ name, content: 'x' }])).keys()];
        } catch (error) {
          expect(String(error)).toMatch(/archive/);
        }
        for (const found of names) expect(found.split('/')).not.toContain('..');
      }),
    );
  });
});
