/** One artefact by its key: where it was published, what an earlier run left, or built now; published when asked. */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `present`: its file was there; `published`: the store had it. */
export type ArtefactStatus = 'built' | 'present' | 'published';

/** Where an artefact is published. */
export interface Shelf {
  has(): Promise<boolean>;
  put(path: string): Promise<void>;
}

export interface Obtained<Report> {
  status: ArtefactStatus;
  /** None when the store had it: then it is not even built. */
  path?: string;
  report?: Report;
}

export async function obtain<Report>(
  key: string,
  { out, shelf, build }: { out: string; shelf?: Shelf; build: (path: string) => Promise<Report> },
): Promise<Obtained<Report>> {
  if (await shelf?.has()) return { status: 'published' };
  const path = join(out, key);
  const reportPath = `${path}.json`;
  let status: ArtefactStatus = 'present';
  let report: Report;
  if ((await exists(reportPath)) && (await exists(path))) {
    report = JSON.parse(await readFile(reportPath, 'utf8')) as Report;
  } else {
    status = 'built';
    await mkdir(dirname(path), { recursive: true });
    report = await build(path);
    await writeFile(reportPath, `${JSON.stringify(report, null, 1)}\n`);
  }
  await shelf?.put(path);
  return { status, path, report };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
