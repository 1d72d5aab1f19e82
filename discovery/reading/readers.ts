/**
 * Threads that read Python packages beside us, on all processors. A source is somebody else's text: one that is too much
 * ends its thread and nothing more, and the next package gets a new one.
 */
import { type Answer, type ReaderLimits, ReaderThread, type Task } from './reader-thread.ts';

const LIMITS: ReaderLimits = { megabytes: 256, seconds: 120 };

export class Readers {
  readonly #most: number;
  readonly #limits: ReaderLimits;
  readonly #threads = new Set<ReaderThread>();
  readonly #idle: ReaderThread[] = [];
  readonly #waiting: ((thread: ReaderThread) => void)[] = [];

  /** Threads are started when there is work for them, and at most `most`. */
  constructor(most: number, limits: Partial<ReaderLimits> = {}) {
    this.#most = Math.max(1, most);
    this.#limits = { ...LIMITS, ...limits };
  }

  async read(task: Task): Promise<Answer> {
    const thread = await this.#take();
    const answer = await thread.ask(task);
    if (answer !== undefined) {
      this.#give(thread);
      return answer;
    }
    await thread.end();
    this.#threads.delete(thread);
    if (this.#waiting.length > 0) this.#give(this.#start());
    return {
      problem: `reading it takes more than ${this.#limits.megabytes} MB or ${this.#limits.seconds} s`,
    };
  }

  /** Ends every thread, the busy ones too. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #take(): Promise<ReaderThread> | ReaderThread {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#threads.size < this.#most) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(thread: ReaderThread): void {
    const next = this.#waiting.shift();
    if (next) next(thread);
    else this.#idle.push(thread);
  }

  #start(): ReaderThread {
    const thread = new ReaderThread(this.#limits);
    this.#threads.add(thread);
    return thread;
  }
}
