/**
 * AWS's own id of each call, by which CloudTrail names it: botocore reports it with the attempts, one event before the
 * call they were. Attempts of calls that ran at once cannot be told apart; then no id is given rather than a wrong one.
 */
import { isObject } from './context.ts';

const MOST = 200;

export class RequestIds {
  /** By service and operation: ids of attempts whose call was not reported yet. */
  readonly #pending = new Map<string, string[]>();

  /** Takes in an event of any kind; answers for that of a whole call. */
  of(event: unknown): string | undefined {
    if (!isObject(event)) return undefined;
    const key = `${String(event.Service)}:${String(event.Api)}`;
    if (event.Type === 'ApiCallAttempt') this.#add(key, event.XAmznRequestId ?? event.XAmzRequestId);
    if (event.Type !== 'ApiCall') return undefined;
    const ids = this.#pending.get(key) ?? [];
    this.#pending.delete(key);
    return ids.length === event.AttemptCount ? ids.at(-1) || undefined : undefined;
  }

  #add(key: string, id: unknown): void {
    if (this.#pending.size >= MOST) this.#pending.clear();
    const ids = this.#pending.get(key) ?? [];
    this.#pending.set(key, [...ids, typeof id === 'string' ? id.slice(0, 100) : ''].slice(-MOST));
  }
}
