/** What a server prints goes to the log, bounded per call: a flood must not cost money or hide the calls. */
export type Log = (line: Record<string, unknown>) => void;

export interface OutputLimits {
  lines: number;
  bytes: number;
  lineBytes: number;
}
export const OUTPUT_LIMITS: OutputLimits = { lines: 100, bytes: 64 * 1024, lineBytes: 2048 };

/** Logs lines of output until the window's budget is used up, then counts; `next` opens a new window. */
export class OutputLog {
  readonly #log: Log;
  readonly #mask: (text: string) => string;
  readonly #limits: OutputLimits;
  #window: Record<string, unknown> = {};
  #lines = 0;
  #bytes = 0;
  #dropped = 0;
  #last: string | undefined;

  constructor(log: Log, mask: (text: string) => string, limits: OutputLimits = OUTPUT_LIMITS) {
    this.#log = log;
    this.#mask = mask;
    this.#limits = limits;
  }

  /** Starts a window; `labels` (the call's ids) stand in each of its lines. Nothing of the former window stays. */
  next(labels: Record<string, unknown>): void {
    this.flush();
    this.#window = labels;
    this.#last = undefined;
  }

  /** Reports what was dropped in this window. */
  flush(): void {
    if (this.#dropped > 0) this.#log({ event: 'output-dropped', ...this.#window, lines: this.#dropped });
    this.#lines = 0;
    this.#bytes = 0;
    this.#dropped = 0;
  }

  /** Lines in this window, logged or not. */
  get lines(): number {
    return this.#lines;
  }

  add(stream: 'stderr' | 'stdout', text: string): void {
    // Masked before it is clipped: half a secret is no longer recognised.
    const line = clip(this.#mask(text), this.#limits.lineBytes);
    if (stream === 'stderr' && line.trim() !== '') this.#last = line;
    this.#lines += 1;
    this.#bytes += line.length;
    if (this.#lines > this.#limits.lines || this.#bytes > this.#limits.bytes) this.#dropped += 1;
    else this.#log({ event: stream, ...this.#window, line });
  }

  /**
   * The last line of stderr in this window: of a Python traceback, the one that says what happened.
   * Unknown in a window without labels, where it may be of any call.
   */
  get last(): string | undefined {
    return Object.keys(this.#window).length === 0 ? undefined : this.#last;
  }
}

export function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
