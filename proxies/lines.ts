/** Splits a byte stream into lines with a bound on their length, without ever copying a chunk twice. */
const NEWLINE = 0x0a;

export interface LineOptions {
  /** Bytes a line may have. */
  limit: number;
  onLine(line: string): void;
  /** Called once for a line over the limit, with its head; the rest of that line is skipped. */
  onTooLong(head: string): void;
}

export class LineSplitter {
  #parts: Buffer[] = [];
  #size = 0;
  #skipping = false;
  readonly #options: LineOptions;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  write(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#add(chunk.subarray(from, at));
      this.#finish();
      from = at + 1;
    }
    if (from < chunk.length) this.#add(chunk.subarray(from));
  }

  /** A last line without its newline. */
  end(): void {
    if (this.#size > 0) this.#finish();
  }

  #add(part: Buffer): void {
    if (this.#skipping) return;
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#size <= this.#options.limit) return;
    const head = Buffer.concat(this.#parts).subarray(0, Math.min(this.#options.limit, 1024)).toString();
    this.#clear();
    this.#skipping = true;
    this.#options.onTooLong(head);
  }

  #finish(): void {
    if (!this.#skipping) {
      const line = Buffer.concat(this.#parts, this.#size).toString();
      this.#clear();
      this.#options.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    this.#skipping = false;
  }

  #clear(): void {
    this.#parts = [];
    this.#size = 0;
  }
}
