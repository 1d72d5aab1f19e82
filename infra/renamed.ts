/**
 * Components that were called otherwise once. A stack made before finds its resources under the new name by an alias;
 * without it Pulumi would delete them and make others, the gateway's URL among them.
 */
import * as pulumi from '@pulumi/pulumi';

export interface Rename {
  /** As it is called now. */
  type: string;
  formerType?: string;
  /** The name it had, by the one it has now; undefined when it had the same. */
  formerName?: (name: string) => string | undefined;
}

/** Whoever renames a component adds a line, and never takes one out: stacks may be old. */
export const RENAMES: readonly Rename[] = [];

export function registerRenames(renames: readonly Rename[] = RENAMES): void {
  if (renames.length === 0) return;
  // In this process, like transforms (infra/transforms.ts). Children follow their component by themselves.
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const aliases = aliasesOf(renames, type, name);
    if (aliases.length === 0) return undefined;
    return { props, opts: { ...opts, aliases: [...(opts.aliases ?? []), ...aliases] } };
  });
}

export function aliasesOf(renames: readonly Rename[], type: string, name: string): pulumi.Alias[] {
  return renames
    .filter((rename) => rename.type === type)
    .flatMap(({ formerType, formerName }) => {
      const former = formerName?.(name);
      if (formerType === undefined && former === undefined) return [];
      return [{ ...(formerType && { type: formerType }), ...(former && { name: former }) }];
    });
}
