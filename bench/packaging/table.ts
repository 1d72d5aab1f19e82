/**
 * Packages every hostable server of the manifest and prints the table: package, unpacked, compiled, Python, processor.
 * Takes 15 to 40 minutes on two cores, cold; what is in the folder already is only read.
 *
 *   node bench/packaging/table.ts CHECKOUT UV OUT [PATTERN]
 */
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LAMBDA_UNZIPPED_LIMIT, LAYER_ALLOWANCE } from '../../plan/build.ts';
import { messageOf } from '../../plan/errors.ts';
import { parseServer } from '../../plan/manifest.ts';
import { findInterpreter } from '../../proxies/packaging/interpreter.ts';
import { buildPackage, type PackageReport } from '../../proxies/packaging/package.ts';

const [checkout, uv, out, pattern = ''] = process.argv.slice(2);
if (checkout === undefined || uv === undefined || out === undefined) {
  console.error('usage: node bench/packaging/table.ts CHECKOUT UV OUT [PATTERN]');
  process.exit(2);
}
await mkdir(out, { recursive: true });
const servers = join(import.meta.dirname, '../../manifest/servers');
const rows: string[] = [];
for (const name of (await readdir(servers)).filter((file) => file.includes(pattern)).sort()) {
  const entry = parseServer(await readFile(join(servers, name), 'utf8'), name);
  if (entry.kind !== 'stdio' || entry.build === undefined) continue;
  if (entry.hosting?.lambda === false) {
    rows.push(`| ${entry.id} | not hosted: ${entry.hosting.reason} |`);
    continue;
  }
  const reportFile = join(out, `${entry.id}.json`);
  try {
    if (
      await access(reportFile).then(
        () => false,
        () => true,
      )
    ) {
      const interpreter = await findInterpreter(entry.build.python, { uv, pythons: join(out, 'pythons') });
      const target = join(out, entry.id + (entry.build.form === 'zip' ? '.zip' : ''));
      const source = join(checkout, 'src', entry.id);
      const report = await buildPackage({ entry, source, uv, interpreter, out: target });
      await writeFile(reportFile, JSON.stringify(report, null, 1));
      // An image's folder is only measured.
      if (report.form === 'image') await rm(target, { recursive: true });
    }
    rows.push(row(JSON.parse(await readFile(reportFile, 'utf8')) as PackageReport));
  } catch (error) {
    rows.push(`| ${entry.id} | FAILED: ${messageOf(error).replaceAll('\n', ' ')} |`);
  }
  console.error(rows.at(-1));
}
console.log(
  '| server | form | Python | processor | zip MB | unpacked MB | of it .pyc | fits with layer | built here |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
console.log(rows.join('\n'));

function row(report: PackageReport): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return `| ${[
    report.server,
    report.form,
    report.python,
    report.architecture,
    report.form === 'zip' ? megabytes(report.zipBytes) : '-',
    megabytes(report.unpackedBytes),
    megabytes(report.compiledBytes),
    report.unpackedBytes + LAYER_ALLOWANCE <= LAMBDA_UNZIPPED_LIMIT ? 'yes' : 'no',
    report.built.map((item) => item.name).join(', '),
  ].join(' | ')} |`;
}
