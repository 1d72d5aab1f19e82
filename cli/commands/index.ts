/** Every command, in the order of the help text. */
import type { Command } from '../command.ts';
import { add } from './add.ts';
import { call } from './call.ts';
import { config } from './config.ts';
import { contract } from './contract.ts';
import { deploy } from './deploy.ts';
import { diff } from './diff.ts';
import { discover } from './discover.ts';
import { doctor } from './doctor.ts';
import { init } from './init.ts';
import { migrate } from './migrate.ts';
import { packageCommand } from './package.ts';
import { plan } from './plan.ts';
import { post } from './post.ts';
import { preview } from './preview.ts';
import { propose } from './propose.ts';
import { remove } from './remove.ts';
import { review } from './review.ts';
import { serve } from './serve.ts';
import { servers } from './servers.ts';
import { start } from './start.ts';
import { tokenCommand } from './token.ts';
import { tools } from './tools.ts';
import { update } from './update.ts';
import { verify } from './verify.ts';
import { why } from './why.ts';

export const commands: readonly Command[] = [
  start,
  discover,
  servers,
  plan,
  why,
  preview,
  serve,
  tokenCommand,
  tools,
  call,
  config,
  add,
  remove,
  post,
  propose,
  deploy,
  review,
  update,
  diff,
  packageCommand,
  verify,
  contract,
  init,
  migrate,
  doctor,
];
