/** The escape hatch: what the settings change of chosen resources, after the program has said all it has to say. */
import * as pulumi from '@pulumi/pulumi';
import { matchesGlobs } from '../plan/globs.ts';
import type { Settings } from '../plan/settings/settings.ts';

type Transform = Settings['transforms'][number];

export function registerTransforms(settings: Settings): void {
  if (settings.transforms.length === 0) return;
  // In this process: transforms that the engine calls back for lose options on the language host of offline/engine.ts.
  pulumi.runtime.registerStackTransformation((resource) => {
    const own = settings.transforms.filter((transform) => applies(transform, resource));
    if (own.length === 0) return undefined;
    return {
      props: own.reduce((props, { properties }) => merge(props, properties ?? {}), resource.props),
      opts: Object.assign({}, resource.opts, ...own.map(optionsOf)),
    };
  });
}

export function applies({ type, name }: Transform, resource: { type: string; name: string }): boolean {
  return matchesGlobs(resource.type, [type]) && matchesGlobs(resource.name, [name]);
}

/** Mappings are merged member by member, anything else is replaced, null takes away. */
export function merge<T extends object>(base: T, change: Readonly<Record<string, unknown>>): T {
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(base));
  for (const [key, value] of Object.entries(change)) {
    const old = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isMapping(old) && isMapping(value) ? merge(old, value) : value;
  }
  return merged as T;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !pulumi.Output.isInstance(value)
  );
}

function optionsOf({ ignoreChanges, protect, retainOnDelete }: Transform): pulumi.CustomResourceOptions {
  return {
    ...(ignoreChanges === undefined ? {} : { ignoreChanges }),
    ...(protect === undefined ? {} : { protect }),
    ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
  };
}
