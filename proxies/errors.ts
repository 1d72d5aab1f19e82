/**
 * Why a call could not be answered by its tool. The outcome goes into the log line and the metric,
 * the message to the caller: it says what happened to this call and nothing of any other.
 */
export const OUTCOMES = [
  'ok',
  'tool-error',
  'refused',
  'not-started',
  'crashed',
  'timed-out',
  'protocol-error',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export class CallFailure extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CallFailure';
    this.outcome = outcome;
  }
}

/** The last byte of a request never reached the server's pipe: the only case in which a call may be tried again. */
export class NotWritten extends Error {
  constructor(cause?: unknown) {
    super('the request was never written to the server', { cause });
    this.name = 'NotWritten';
  }
}
