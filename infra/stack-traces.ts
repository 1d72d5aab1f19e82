/**
 * Pulumi keeps a stack trace for each of the four promises of each property of each resource, for its report of leaked
 * promises. Written out and mapped to sources they are a third of a large stack's time and most of its memory. An error
 * of ours still says where it was thrown; PULUMI_DEBUG_PROMISE_LEAKS, which prints those traces, keeps them whole.
 */
export function keepTracesShort(environment: Readonly<Record<string, string | undefined>>): void {
  if (!environment.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 1;
}
