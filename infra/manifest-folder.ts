/** The manifest that the program deploys: the project's, or another named in the environment (tests, rehearsals). */
import path from 'node:path';
import { projectRoot } from '../store/paths.ts';

export function manifestFolder(): string {
  return process.env.MCPGW_MANIFEST ?? path.join(projectRoot(), 'manifest');
}
