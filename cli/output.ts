/** Where a command's words go: with --json one document on stdout and everything else on stderr. */
import { McpgwError, messageOf } from '../plan/errors.ts';

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export class Output {
  readonly json: boolean;
  readonly #stdout: Stream;
  readonly #stderr: Stream;
  readonly #animated: boolean;
  #statusShown = false;

  constructor(options: { json: boolean; stdout: Stream; stderr: Stream; quiet: boolean }) {
    this.json = options.json;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.#animated = options.stderr.isTTY === true && !options.quiet;
  }

  /** The result of the command, for people. Dropped with --json. */
  print(text = ''): void {
    if (this.json) return;
    this.#clearStatus();
    this.#stdout.write(`${text}\n`);
  }

  /** The result of the command, for programs: at most once, only with --json. */
  document(value: unknown): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** What a person should know beside the result. */
  note(text: string): void {
    this.#clearStatus();
    this.#stderr.write(`${text}\n`);
  }

  /** One line that is overwritten by the next one; nothing unless stderr is a terminal. */
  status(text: string): void {
    if (!this.#animated) return;
    this.#clearStatus();
    this.#stderr.write(text.slice(0, (this.#stderr.columns ?? 80) - 1));
    this.#statusShown = true;
  }

  fail(thrown: unknown): void {
    this.#clearStatus();
    const known = thrown instanceof McpgwError ? thrown : undefined;
    const error = {
      code: known?.code ?? 'internal',
      message: messageOf(thrown),
      ...(known?.hint === undefined ? {} : { hint: known.hint }),
    };
    if (this.json) {
      this.document({ error });
      return;
    }
    this.#stderr.write(`error: ${error.message}\n`);
    if (known?.hint) this.#stderr.write(`  hint: ${known.hint}\n`);
    if (!known && thrown instanceof Error && process.env.MCPGW_DEBUG) this.#stderr.write(`${thrown.stack}\n`);
  }

  #clearStatus(): void {
    if (this.#statusShown) this.#stderr.write('\r\u001b[K');
    this.#statusShown = false;
  }
}

/** Rows as aligned columns, two spaces apart; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
