/** What a target's Lambda is told in one variable: proxies/settings.ts packs and reads it. */
import { brotliCompressSync } from 'node:zlib';
import type { Json } from '../hash.ts';
import type { ServerEntry } from '../manifest.ts';
import { LIMITS } from '../names.ts';
import type { EffectiveSettings } from '../settings/of-server.ts';
import { proxyArguments } from '../signed-remotes.ts';
import type { Problem, ProxySettings, ToolPlan } from '../types.ts';

/** Of the 4 KB that a function's variables share, kept for those that the Pulumi program adds. */
const OTHER_VARIABLES = 400;

export function proxySettings(
  entry: ServerEntry,
  own: EffectiveSettings,
  target: string,
  tools: readonly ToolPlan[],
  stackRegion: string,
): ProxySettings {
  const aliases = tools.filter(({ name, exposed }) => name !== exposed);
  const fill = tools.flatMap(({ name, entry: tool }): [string, Record<string, Json>][] =>
    tool.fill ? [[name, tool.fill]] : [],
  );
  return {
    server: entry.id,
    target,
    arguments: [...proxyArguments(entry, stackRegion, own), ...(own.arguments ?? [])],
    environment: own.environment ?? {},
    aliases: Object.fromEntries(aliases.map(({ name, exposed }) => [exposed, name])),
    allow: tools.map(({ name }) => name),
    ...(fill.length > 0 ? { fill: Object.fromEntries(fill) } : {}),
    onToolError: own.onToolError ?? 'return',
    ...(own.results === 'whole' ? { results: own.results } : {}),
    isolation: own.isolation ?? 'warm',
    ...(own.secrets === undefined ? {} : { secrets: own.secrets }),
    ...(own.role === undefined ? {} : { role: withoutAbsent(own.role) }),
    ...(own.region === undefined || own.region === stackRegion ? {} : { region: own.region }),
    ...(own.logArguments === undefined ? {} : { logArguments: own.logArguments }),
  };
}

function withoutAbsent({ arn, externalId }: { arn: string; externalId?: string | undefined }) {
  return externalId === undefined ? { arn } : { arn, externalId };
}

/** As the variable will be: packed when long (proxies/settings.ts). */
export function environmentProblems(id: string, proxy: ProxySettings): Problem[] {
  const text = JSON.stringify(proxy);
  const most = LIMITS.functionEnvironment - OTHER_VARIABLES;
  const fits = Buffer.byteLength(text) <= most || (brotliCompressSync(text).length * 4) / 3 + 8 <= most;
  return fits
    ? []
    : [
        {
          at: `servers.settings.${id}.environment`,
          message: `arguments, environment and tool names of ${id} do not fit the 4 KB of variables that a function has`,
          hint: 'keep large values in Secrets Manager, SSM or S3 and pass their names',
          kind: 'invalid',
        },
      ];
}
