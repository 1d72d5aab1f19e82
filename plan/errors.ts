/** The one error base of the product: a stable code, what to do about it, and the exit code that follows. */

/** Process exit codes, documented in the README. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notAuthorised: 3,
  unreachable: 4,
  toolError: 5,
  drift: 6,
  refused: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Every error code and the exit code it leads to; README's table says what the exit codes mean. */
export const ERROR_CODES = {
  internal: EXIT.failed,
  usage: EXIT.usage,
  'not-a-checkout': EXIT.usage,
  'manifest-invalid': EXIT.usage,
  'manifest-format': EXIT.usage,
  'manifest-missing': EXIT.usage,
  'definitions-missing': EXIT.usage,
  'definitions-mismatch': EXIT.usage,
  'settings-invalid': EXIT.usage,
  'settings-missing': EXIT.usage,
  'plan-problems': EXIT.usage,
  'plan-refused': EXIT.refused,
  'port-in-use': EXIT.usage,
  /** A git revision that this repository does not hold. */
  'revision-unknown': EXIT.usage,
  'arguments-invalid': EXIT.usage,
  'server-unknown': EXIT.usage,
  'tool-unknown': EXIT.usage,
  'tool-ambiguous': EXIT.usage,
  'not-authorised': EXIT.notAuthorised,
  unreachable: EXIT.unreachable,
  'tool-error': EXIT.toolError,
  drift: EXIT.drift,
  'install-failed': EXIT.failed,
  'probe-failed': EXIT.failed,
  'package-failed': EXIT.failed,
  'artefacts-missing': EXIT.failed,
  /** Found before the first change. */
  'preflight-failed': EXIT.failed,
  'deploy-failed': EXIT.failed,
  /** The state moved on between preview and update. */
  'plan-stale': EXIT.failed,
  'engine-missing': EXIT.failed,
  'backend-refused': EXIT.refused,
  'tool-missing-on-machine': EXIT.failed,
} as const satisfies Record<string, ExitCode>;
export type ErrorCode = keyof typeof ERROR_CODES;

/** An error a user can act on. `message` says what and where, `hint` how to mend it. */
export class McpgwError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'McpgwError';
    this.code = code;
    this.hint = options.hint;
  }

  get exitCode(): ExitCode {
    return ERROR_CODES[this.code];
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
