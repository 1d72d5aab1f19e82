/** A thread that reads packages, one after another. What it is told and what it answers is in reader-thread.ts. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../plan/errors.ts';
import { readPackageSource } from '../static/index.ts';
import type { Answer, Task } from './reader-thread.ts';

parentPort?.on('message', async ({ location, options }: Task) => {
  const answer: Answer = await readPackageSource(location, options).then(
    (facts) => ({ facts }),
    (error: unknown) => ({ problem: messageOf(error) }),
  );
  parentPort?.postMessage(answer);
});
