/**
 * The Lambda service of the local gateway: per target a few environments, each one handler with one warm server
 * process. As on Lambda an environment runs one call at a time, is made at the first call, and stays warm; a call
 * that finds the first one busy gets another. The first is preferred, so a caller who waits keeps its server's state.
 */
import type { Json } from '../plan/hash.ts';
import type { TargetPlan } from '../plan/types.ts';
import type { CallContext } from '../proxies/context.ts';
import type { Handler as ProxyHandler } from '../proxies/handler.ts';

/** The handler of proxies/, as this folder needs it. */
export type Handler = Pick<ProxyHandler, 'handle' | 'close'>;

export interface Environments {
  invoke(
    target: TargetPlan,
    event: unknown,
    context: Omit<CallContext, 'getRemainingTimeInMillis'>,
  ): Promise<Json>;
  /** Ends every server; calls made afterwards are refused. */
  close(): Promise<void>;
}

/** Each is a whole Python process: more than this on one machine helps nobody. */
const MOST_PER_TARGET = 3;

export function createEnvironments(makeHandler: (target: TargetPlan) => Handler): Environments {
  const pools = new Map<string, Pool>();
  let closed = false;
  return {
    async invoke(target, event, context) {
      if (closed) throw new Error('the gateway is closing');
      const pool = pools.get(target.name) ?? new Pool(() => makeHandler(target), mostFor(target));
      pools.set(target.name, pool);
      const handler = await pool.take();
      const deadline = performance.now() + target.function.timeout * 1000;
      try {
        return await handler.handle(event, {
          ...context,
          getRemainingTimeInMillis: () => Math.max(0, deadline - performance.now()),
        });
      } finally {
        pool.giveBack(handler);
      }
    },
    async close() {
      closed = true;
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function mostFor(target: TargetPlan): number {
  return Math.max(1, Math.min(target.function.concurrency ?? MOST_PER_TARGET, MOST_PER_TARGET));
}

class Pool {
  readonly #make: () => Handler;
  readonly #most: number;
  /** In the order they were made; the index is the preference. */
  readonly #all: Handler[] = [];
  readonly #busy = new Set<Handler>();
  readonly #waiting: ((handler: Handler) => void)[] = [];

  constructor(make: () => Handler, most: number) {
    this.#make = make;
    this.#most = most;
  }

  async take(): Promise<Handler> {
    const idle = this.#all.find((handler) => !this.#busy.has(handler));
    const handler = idle ?? (this.#all.length < this.#most ? this.#add() : undefined);
    if (handler === undefined) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#busy.add(handler);
    return handler;
  }

  giveBack(handler: Handler): void {
    const next = this.#waiting.shift();
    if (next) next(handler);
    else this.#busy.delete(handler);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((handler) => handler.close()));
  }

  #add(): Handler {
    const handler = this.#make();
    this.#all.push(handler);
    return handler;
  }
}
