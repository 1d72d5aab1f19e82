/** Keeps secrets out of the log and out of error messages: what a server prints is not ours to choose. */

/** Shorter values would mask half of every text. */
const SHORTEST = 6;
const MASK = '***';

/** What looks like a secret wherever it comes from: AWS keys, bearer tokens, signed tokens, private keys. */
const PATTERNS: readonly [RegExp, string][] = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
  [/\b(bearer\s+)[\w.~+/-]{8,}=*/gi, `$1${MASK}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
  [
    /((?:secret_?access_?key|session_?token|password|passwd)["']?\s*[=:]\s*)["']?[^\s"',;&]{4,}["']?/gi,
    `$1${MASK}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*/g, `-----BEGIN PRIVATE KEY-----${MASK}`],
];

/** Names of variables whose values are secrets without being said to be. */
const SECRET_NAME = /SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|API_?KEY|AUTH/i;

export class Masker {
  readonly #values = new Set<string>();
  #known: RegExp | undefined;

  /** Values that are masked from now on, also as they stand in JSON or a URL, and each line of a long one. */
  add(values: Iterable<string | undefined>): void {
    for (const value of values) {
      for (const line of value?.split(/\r?\n/) ?? []) {
        const text = line.trim();
        if (text.length < SHORTEST) continue;
        this.#values.add(text).add(JSON.stringify(text).slice(1, -1)).add(encodeURIComponent(text));
      }
    }
    const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
    if (longestFirst.length > 0) this.#known = new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
  }

  /** The secret ones of an environment. */
  addEnvironment(env: Readonly<Record<string, string>>): void {
    this.add(Object.entries(env).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : [])));
  }

  mask(text: string): string {
    const known = this.#known === undefined ? text : text.replace(this.#known, MASK);
    return PATTERNS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), known);
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
