/** `mcpgw`: builds the command line from the commands' data, runs one, and turns what it throws into an exit code. */
import { Command as Commander, CommanderError, Option } from 'commander';
import { EXIT, type ExitCode, McpgwError } from '../plan/errors.ts';
import { projectRoot } from '../store/paths.ts';
import { type Command, flagOf, type OptionSpec } from './command.ts';
import { commands } from './commands/index.ts';
import { Output, type Stream } from './output.ts';

export interface Surroundings {
  stdout: Stream;
  stderr: Stream;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Runs one command line (without node and script). Never throws; returns the exit code. */
export async function main(argv: string[], surroundings: Partial<Surroundings> = {}): Promise<ExitCode> {
  const { stdout, stderr, cwd, env }: Surroundings = {
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    ...surroundings,
  };
  const json = argv.includes('--json');
  const out = new Output({ json, stdout, stderr, quiet: Boolean(env.CI) });
  let exitCode: ExitCode = EXIT.done;

  const program = new Commander('mcpgw')
    .description('Every MCP server of awslabs/mcp behind one Amazon Bedrock AgentCore Gateway')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  for (const command of commands) {
    // commander hands over the arguments one by one, then the options, then itself
    declare(program, command).action(async (...handed: unknown[]) => {
      const args = handed
        .slice(0, -2)
        .flat()
        .filter((arg) => arg !== undefined) as string[];
      const options = handed.at(-2) as Record<string, never>;
      exitCode = (await command.run({ args, options, out, root: projectRoot(cwd), cwd, env })) ?? EXIT.done;
    });
  }

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
    out.fail(thrown);
    return thrown instanceof McpgwError ? thrown.exitCode : EXIT.failed;
  }
}

function declare(program: Commander, command: Command): Commander {
  const declared = program.command(command.name).description(command.summary).exitOverride();
  for (const arg of command.args ?? []) declared.argument(arg.name, arg.description);
  for (const [name, spec] of Object.entries(command.options ?? {})) declared.addOption(option(name, spec));
  declared.addOption(new Option('--json', 'one JSON document on stdout'));
  if (command.examples)
    declared.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  return declared;
}

function option(name: string, spec: OptionSpec): Option {
  if (spec.type === 'boolean') {
    const flag = new Option(flagOf(name), spec.description).default(false);
    // `--no-probe` is an option of its own here, not commander's way of switching `--probe` off
    flag.negate = false;
    return flag;
  }
  const value = spec.type === 'strings' ? `<${spec.value}...>` : `<${spec.value}>`;
  const made = new Option(`${flagOf(name)} ${value}`, spec.description);
  if (spec.type === 'number') made.argParser((text) => wholeNumber(flagOf(name), text));
  if (spec.type === 'string' && spec.choices) made.choices([...spec.choices]);
  return made;
}

function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new McpgwError('usage', `${flag} takes a whole number, not "${text}"`);
}
