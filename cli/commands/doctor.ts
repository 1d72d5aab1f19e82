/** `mcpgw doctor`: what this machine lacks, and how to get it. */
import { EXIT } from '../../plan/errors.ts';
import { defineCommand } from '../command.ts';
import { type Check, examine } from '../machine.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'what is missing on this machine, and how to get it',
  async run({ out, env }) {
    const checks = await examine(env);
    out.document(checks);
    for (const check of checks) out.print(line(check));
    return checks.some((check) => check.needed && !check.ok) ? EXIT.failed : EXIT.done;
  },
});

function line({ name, ok, needed, found, remedy, wants }: Check): string {
  const mark = ok ? 'ok     ' : needed ? 'missing' : 'absent ';
  return `${mark}  ${name.padEnd(8)}  ${ok ? found : `${wants}: ${remedy}`}`;
}
