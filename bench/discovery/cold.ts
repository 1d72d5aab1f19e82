/** A whole discovery in a process of its own, for the benchmark: prints what memory it took at most, in MB. */
import { discover } from '../../discovery/discover.ts';

const [checkout, manifest, jobs] = process.argv.slice(2) as [string, string, string];
const { reports } = await discover({ checkout, manifest, jobs: Number(jobs) });
const failed = reports.filter(({ status }) => status === 'failed').map(({ id, reason }) => ({ id, reason }));
console.log(JSON.stringify({ megabytes: process.resourceUsage().maxRSS / 1024, failed }));
