/** One thread that reads packages, bounded in memory and, for each package, in time. */
import { Worker } from 'node:worker_threads';
import type { PackageLocation, ReadOptions, StaticFacts } from '../static/index.ts';

export interface Task {
  location: PackageLocation;
  options: ReadOptions;
}

export type Answer = { facts: StaticFacts } | { problem: string };

export interface ReaderLimits {
  /** Of each thread. */
  megabytes: number;
  /** For one package; the largest of awslabs/mcp takes one. */
  seconds: number;
}

/** Much of what is read is garbage at once: room for it saves more time than it costs memory. */
const YOUNG_MEGABYTES = 24;

export class ReaderThread {
  readonly #worker: Worker;
  readonly #limits: ReaderLimits;
  #settle: (answer: Answer | undefined) => void = () => {};

  constructor(limits: ReaderLimits) {
    this.#limits = limits;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: {
        maxOldGenerationSizeMb: limits.megabytes,
        maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
      },
    });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', () => this.#settle(undefined));
    this.#worker.on('exit', () => this.#settle(undefined));
  }

  /** Undefined when it was too much: the thread is of no use any more. */
  async ask(task: Task): Promise<Answer | undefined> {
    const answered = new Promise<Answer | undefined>((resolve) => {
      this.#settle = resolve;
    });
    const timer = setTimeout(() => this.#settle(undefined), this.#limits.seconds * 1000);
    this.#worker.postMessage(task);
    try {
      return await answered;
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
