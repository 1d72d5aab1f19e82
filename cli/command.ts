/** What a command is: its options as data, and one handler. */
import type { ExitCode } from '../plan/errors.ts';
import type { Output } from './output.ts';

export type OptionSpec =
  | { type: 'boolean'; description: string }
  | { type: 'string'; value: string; description: string; choices?: readonly string[] }
  | { type: 'number'; value: string; description: string }
  /** Takes several values one after another. */
  | { type: 'strings'; value: string; description: string };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<Spec extends OptionSpec> = Spec extends { type: 'boolean' }
  ? boolean
  : Spec extends { type: 'number' }
    ? number | undefined
    : Spec extends { type: 'strings' }
      ? string[] | undefined
      : string | undefined;
export type OptionValues<Specs extends OptionSpecs> = { [Name in keyof Specs]: ValueOf<Specs[Name]> };

export interface Invocation<Specs extends OptionSpecs = OptionSpecs> {
  args: string[];
  options: OptionValues<Specs>;
  out: Output;
  /** The folder with Pulumi.yaml, the stack files and the manifest. */
  root: string;
  /** The folder the command was called in: paths a user gives are relative to it. */
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  name: string;
  summary: string;
  /** In commander's notation: `<needed>`, `[optional]`, `[several...]`. */
  args?: readonly { name: string; description: string }[];
  options?: Specs;
  examples?: readonly string[];
  run(invocation: Invocation<Specs>): Promise<ExitCode | undefined>;
}

/** Keeps the types of the options for the handler. */
export function defineCommand<const Specs extends OptionSpecs>(command: Command<Specs>): Command {
  return command as unknown as Command;
}

/** `--dry-run` for the option that is called `dryRun` in code. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
