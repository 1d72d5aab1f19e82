/** botocore in a process of its own: it validates each call by AWS's models and sends it to moto. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Values } from '../../offline/plugin/values.ts';

export type Answer =
  | { outcome: 'done'; found: Record<string, unknown> }
  /** botocore's validation. */
  | { outcome: 'invalid'; message: string }
  | { outcome: 'refused'; code: string; message: string }
  | { outcome: 'not in moto' };

export interface Request {
  service: string;
  operation: string;
  params: Values;
  /** JMESPath into the reply, by name. */
  paths?: Record<string, string>;
  /** All pages of a listing. */
  every?: boolean;
}

export class Botocore {
  readonly version: string;
  /** Where its models lie. */
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcess,
    lines: AsyncIterator<string>,
    hello: { botocore: string; folder: string },
  ) {
    this.#child = child;
    this.#lines = lines;
    this.version = hello.botocore;
    this.folder = hello.folder;
  }

  /** With the Python of moto's environment. */
  static async start(python: string, endpoint: string, region: string): Promise<Botocore> {
    const driver = path.join(import.meta.dirname, 'driver.py');
    const child = spawn(python, [driver, endpoint, region], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const hello = JSON.parse(await next(lines)) as { botocore: string; folder: string };
    return new Botocore(child, lines, hello);
  }

  async ask({ service, operation, params, paths = {}, every = false }: Request): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify({ service, operation, params, paths, every })}\n`);
    return JSON.parse(await next(this.#lines)) as Answer;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error('botocore ended; see its error above');
  return value;
}
