/** The guards of the proxies, each with the mutation that must turn a test red. */

export interface Mutant {
  guard: string;
  file: string;
  /** Stands once in the file. */
  find: string;
  replace: string;
  /** jest project, test file, and the test's name where the whole file would take long. */
  test: readonly [project: 'unit' | 'integration', path: string, name?: string];
}

const unit = (name: string, test?: string) => mutantTest('unit', `tests/unit/proxies/${name}.test.ts`, test);
const real = (name: string, test?: string) =>
  mutantTest('integration', `tests/integration/proxies/${name}.test.ts`, test);
function mutantTest(project: 'unit' | 'integration', path: string, name: string | undefined): Mutant['test'] {
  return name === undefined ? [project, path] : [project, path, name];
}

export const MUTANTS: readonly Mutant[] = [
  {
    guard: "two calls' answers are not swapped",
    file: 'proxies/process.ts',
    find: 'message.id = Number(id.slice(this.#prefix.length));',
    replace: 'message.id = Number(id.slice(this.#prefix.length)) ^ 1;',
    test: real('interleaving', 'many overlapping calls'),
  },
  {
    guard: 'a printed reply with a guessed id is no answer',
    file: 'proxies/process.ts',
    find: "randomBytes(9).toString('base64url')}:`",
    replace: "''}`",
    test: real('handler', 'guessed id'),
  },
  {
    guard: 'a line that is no message is dropped',
    file: 'proxies/process.ts',
    find: "return isObject(value) && value.jsonrpc === '2.0' ? value : undefined;\n  } catch {\n    return undefined;",
    replace:
      "return isObject(value) && value.jsonrpc === '2.0' ? value : undefined;\n  } catch (error) {\n    throw error;",
    test: real('handler', 'no messages are dropped'),
  },
  {
    guard: 'a message behind other text is read',
    file: 'proxies/process.ts',
    find: '(at > 0 ? parseMessage(line.slice(at)) : undefined)',
    replace: 'undefined',
    test: real('handler', 'behind text'),
  },
  {
    guard: 'a line has a bound',
    file: 'proxies/process.ts',
    find: 'limit: STDOUT_LINE_LIMIT,',
    replace: 'limit: Number.POSITIVE_INFINITY,',
    test: real('handler', 'endless line'),
  },
  {
    guard: 'the whole process group is killed',
    file: 'proxies/group.ts',
    find: "signalGroup(pid, 'SIGKILL') && tries < 50",
    replace: 'tries < 0',
    test: real('handler', 'helpers of a server that crashed'),
  },
  {
    guard: 'helpers that left the group are killed',
    file: 'proxies/process.ts',
    find: 'await killStrays(this.#mark);',
    replace: 'await Promise.resolve();',
    test: real('handler', 'in a session of their own'),
  },
  {
    guard: 'SIGKILL follows SIGTERM',
    file: 'proxies/process.ts',
    find: "['SIGTERM', 'SIGKILL'] as const",
    replace: "['SIGTERM'] as const",
    test: real('handler', 'ignores SIGTERM'),
  },
  {
    guard: 'a process that ended is known as ended before the next write',
    file: 'proxies/session.ts',
    find: 'if (this.#server?.isOver) this.#live = undefined;',
    replace: '',
    test: real('handler', 'gets a new process'),
  },
  {
    guard: 'a call that was written is never tried again',
    file: 'proxies/session.ts',
    find: 'if (!(error instanceof NotWritten)) throw error;',
    replace: "if (error instanceof CallFailure && error.outcome !== 'crashed') throw error;",
    test: real('handler', 'not repeated'),
  },
  {
    guard: 'a call that was not written is tried again',
    file: 'proxies/session.ts',
    find: 'if (!(error instanceof NotWritten)) throw error;',
    replace: 'throw error;',
    test: real('handler', 'could not be written'),
  },
  {
    guard: 'a call ends before its deadline',
    file: 'proxies/session.ts',
    find: "abort.abort('deadline'), clampTimer(call.deadline - Date.now() - KILL_MS)",
    replace: "abort.abort('deadline'), MAX_TIMER",
    test: real('handler', 'a hanging tool'),
  },
  {
    guard: 'a server whose call outlived its deadline is killed',
    file: 'proxies/session.ts',
    find: "const ended = process.end(KILL_MS / 4, 'a call outlived its deadline');",
    replace: 'const ended = undefined;',
    test: real('handler', 'a hanging tool'),
  },
  {
    guard: 'no call is begun without time for it',
    file: 'proxies/session.ts',
    find: 'if (call.deadline - Date.now() <= KILL_MS) {',
    replace: 'if (false) {',
    test: real('handler', 'without time left'),
  },
  {
    guard: 'starts that lead to nothing slow down',
    file: 'proxies/session.ts',
    find: 'this.#failures += 1;',
    replace: '',
    test: real('back-off'),
  },
  {
    guard: 'the folder of a server is removed',
    file: 'proxies/session.ts',
    find: 'await environment.remove().catch(',
    replace: 'await Promise.resolve().catch(',
    test: real('handler', 'no folder is left'),
  },
  {
    guard: 'a fresh process for every call, when set',
    file: 'proxies/handler.ts',
    find: "settings.isolation === 'warm'",
    replace: 'true',
    test: real('handler', 'when isolated'),
  },
  {
    guard: 'a tool error is thrown, when set',
    file: 'proxies/handler.ts',
    find: "this.#settings.onToolError === 'throw'",
    replace: 'false',
    test: real('handler', 'thrown by setting'),
  },
  {
    guard: 'null is not absent',
    file: 'proxies/handler.ts',
    find: '...event };',
    replace: '...Object.fromEntries(Object.entries(event ?? {}).filter(([, value]) => value !== null)) };',
    test: real('handler', 'stay apart'),
  },
  {
    guard: 'a given argument is not overwritten by a filled one',
    file: 'proxies/handler.ts',
    find: 'return { ...(fill !== undefined && Object.hasOwn(fill, tool) ? fill[tool] : {}), ...event };',
    replace: 'return { ...event, ...(fill !== undefined && Object.hasOwn(fill, tool) ? fill[tool] : {}) };',
    test: real('handler', 'demanded for nothing'),
  },
  {
    guard: 'arguments stand in the log only when asked for',
    file: 'proxies/handler.ts',
    find: 'if (this.#settings.logArguments === true) line.arguments',
    replace: 'line.arguments',
    test: real('interleaving', 'only when asked for'),
  },
  {
    guard: 'a tool outside the allow-list is refused, not only hidden',
    file: 'proxies/tool-name.ts',
    find: 'own !== undefined && allow.includes(own) ? own : undefined',
    replace: 'own',
    test: unit('tool-name'),
  },
  {
    guard: "another target's tool is refused",
    file: 'proxies/tool-name.ts',
    find: 'parts === undefined || parts.target !== settings.target',
    replace: 'parts === undefined',
    test: unit('tool-name'),
  },
  {
    guard: 'an inherited name is no alias',
    file: 'proxies/tool-name.ts',
    find: 'Object.hasOwn(aliases, exposed) ? aliases[exposed] : undefined',
    replace: 'aliases[exposed]',
    test: unit('tool-name'),
  },
  {
    guard: 'a reply has at most 6 MB',
    file: 'proxies/cut.ts',
    find: 'if (fits(value, limit)) return value;',
    replace: 'return value;',
    test: unit('result'),
  },
  {
    guard: 'the size counts after escaping twice',
    file: 'proxies/cut.ts',
    find: 'Buffer.byteLength(JSON.stringify(JSON.stringify(value)))',
    replace: 'Buffer.byteLength(JSON.stringify(value))',
    test: unit('result'),
  },
  {
    guard: 'a reply is never an empty string',
    file: 'proxies/result.ts',
    find: "|| first.text.trim() === '') return",
    replace: ') return',
    test: unit('result'),
  },
  {
    guard: 'a number keeps its digits',
    file: 'proxies/result.ts',
    find: "typeof value === 'object' ? exact.all :",
    replace: "typeof value === 'object' ? true :",
    test: unit('result'),
  },
  {
    guard: 'an image beside structured content is not lost',
    file: 'proxies/result.ts',
    find: 'if (!onlyText) return { content, structuredContent };',
    replace: '',
    test: unit('result'),
  },
  {
    guard: "nothing of this process's environment reaches a server",
    file: 'proxies/environment.ts',
    find: "inherited(['PATH', ...(options.inherit ?? [])])",
    replace: 'inherited(Object.keys(process.env))',
    test: unit('environment'),
  },
  {
    guard: 'a profile of the user is never named',
    file: 'proxies/environment.ts',
    find: 'for (const name of NEVER) delete env[name];',
    replace: '',
    test: unit('environment'),
  },
  {
    guard: 'keys are given for the token only',
    file: 'proxies/credentials.ts',
    find: 'given.length !== wanted.length || !timingSafeEqual(given, wanted)',
    replace: 'false',
    test: unit('credentials'),
  },
  {
    guard: 'secrets in output are masked',
    file: 'proxies/log.ts',
    find: 'clip(this.#mask(text), this.#limits.lineBytes)',
    replace: 'clip(text, this.#limits.lineBytes)',
    test: unit('log'),
  },
  {
    guard: 'output is bounded',
    file: 'proxies/log.ts',
    find: 'this.#lines > this.#limits.lines ||',
    replace: '',
    test: unit('log'),
  },
  {
    guard: 'last words are of one call',
    file: 'proxies/log.ts',
    find: 'Object.keys(this.#window).length === 0 ? undefined : this.#last',
    replace: 'this.#last',
    test: unit('log'),
  },
  {
    guard: 'what was printed before an answer belongs to its call',
    file: 'proxies/tool-server.ts',
    find: 'const answer = await this.#answer(call);\n    await this.#settle();',
    replace: 'const answer = await this.#answer(call);',
    test: real('interleaving', 'because this process was busy'),
  },
  {
    guard: 'lines of overlapping calls are given to none',
    file: 'proxies/tool-server.ts',
    find: 'this.#overlapped ? {} : { requestId }',
    replace: '{ requestId }',
    test: real('interleaving', 'given to neither'),
  },
  {
    guard: 'a secret is read again when it may be old',
    file: 'proxies/secrets.ts',
    find: 'cached.until > now) return',
    replace: 'true) return',
    test: unit('secrets'),
  },
  {
    guard: "Lambda's init phase is not waited out",
    file: 'proxies/lambda.ts',
    find: 'const INIT_WAIT_MS = 8000;',
    replace: 'const INIT_WAIT_MS = 30000;',
    test: real('lambda', 'longer than init'),
  },
  {
    guard: 'the server starts during init',
    file: 'proxies/lambda.ts',
    find: 'await Promise.race([proxy.start()',
    replace: 'await Promise.race([Promise.resolve()',
    test: real('lambda', 'starts the server during init'),
  },
  {
    guard: 'the test bed has a read-only task root',
    file: 'tests/lambda-testbed/sandbox.ts',
    find: '    makeReadOnly(options.taskRoot);\n',
    replace: '    chmodSync(options.taskRoot, 0o777);\n',
    test: real('lambda', 'cannot be written'),
  },
];
