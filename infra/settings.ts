/** The stack's settings as the engine gives them: also from `--config`, another file, and decrypted. */
import * as pulumi from '@pulumi/pulumi';
import { valueOfText } from '../plan/config-value.ts';
import { PROJECT, parseSettings, type Settings } from '../plan/settings/settings.ts';

export function settingsOfStack(): Settings {
  const stack = pulumi.getStack();
  const config = parseConfig(pulumi.runtime.allConfig());
  return parseSettings(stack, config, `configuration of stack ${stack}`);
}

/** The engine sends every value as text, structured ones as JSON. */
export function parseConfig(config: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, text]) => [
      key,
      key.startsWith(`${PROJECT}:`) ? valueOfText(text) : text,
    ]),
  );
}
