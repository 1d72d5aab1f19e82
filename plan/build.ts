/**
 * How a server's package is built, decided from its uv.lock alone: which Python, which processor, a zip or an image.
 * Pure, so that discovery can record it in the manifest (`build`) without installing anything;
 * `mcpgw package` fails when what it then measures contradicts it.
 */
import { parse as parseToml } from 'smol-toml';
import { McpgwError, messageOf } from './errors.ts';
import { allows, type LockedFiles, lockedPackages, readLock } from './lock.ts';
import { fitsPlatform } from './wheel-tags.ts';

export type Architecture = 'arm64' | 'x86_64';
export const ARCHITECTURES: readonly Architecture[] = ['arm64', 'x86_64'];

/** Minor versions a Python layer is made for, newest first. */
export const LAYER_PYTHONS = ['3.14', '3.13', '3.12', '3.11'] as const;
export const DEFAULT_PYTHON = '3.13';

/** Lambda: code and layers together, unzipped, bytes. */
export const LAMBDA_UNZIPPED_LIMIT = 262_144_000;
/** Set aside for the Python layer, which every function carries beside its package (measured, rounded up). */
export const LAYER_ALLOWANCE = 75_000_000;

/** The artefact store's repository of images, one an account and region. */
export const IMAGE_REPOSITORY = 'mcpgw-artefacts';

export interface BuildDecision {
  python: string;
  architecture: Architecture;
  form: 'zip' | 'image';
  /** Why it is not the default (Python 3.13, arm64, zip). */
  because?: string;
}

/**
 * Unpacked bytes, .pyc files included and trimmed files left out, for one byte of wheel: fitted to what the packages of
 * awslabs/mcp measure (docs/packaging.md), and right about the limit for all of them.
 */
const UNPACKED_PER_BYTE = { pure: 5.8, compiled: 3.2 } as const;
/** Packages that are far from the rest: they hold compressed files, or are mostly trimmed. */
const UNPACKED_PER_BYTE_OF: Readonly<Record<string, number>> = {
  botocore: 1.45,
  playwright: 0.12,
  virtualenv: 1.1,
};

/**
 * Default Python if the lock admits it, otherwise the next older one; arm64 if every locked package has a wheel
 * for it (or is an sdist without any wheel, taken to be pure and checked when built), otherwise x86_64.
 */
export function decideBuild(
  lockText: string,
  options: { python?: string; where?: string } = {},
): BuildDecision {
  const where = options.where ?? 'uv.lock';
  const lock = readLock(parse(lockText, where), where);
  const wanted = options.python ?? DEFAULT_PYTHON;
  const pythons = LAYER_PYTHONS.filter(
    (python) => minor(python) <= minor(wanted) && allows(lock.requiresPython, python),
  );
  if (pythons.length === 0) {
    throw new McpgwError(
      'package-failed',
      `${where}: no Python layer fits requires-python ${lock.requiresPython}`,
      {
        hint: `layers exist for Python ${LAYER_PYTHONS.join(', ')}, used up to ${wanted}`,
      },
    );
  }
  const reasons: string[] = [];
  if (pythons[0] !== wanted) reasons.push(`requires-python ${lock.requiresPython}`);
  for (const python of pythons) {
    for (const architecture of ARCHITECTURES) {
      const missing: string[] = [];
      let unpacked = 0;
      for (const item of lockedPackages(lock, { python, architecture })) {
        const wheels = item.wheels.filter((wheel) => fitsPlatform(wheel.name, { python, architecture }));
        if (wheels.length === 0 && item.wheels.length > 0) missing.push(`${item.name} ${item.version}`);
        unpacked += estimateUnpacked(item, wheels);
      }
      if (missing.length > 0) {
        reasons.push(`no ${architecture} wheel for Python ${python}: ${missing.join(', ')}`);
        continue;
      }
      const tooBig = unpacked + LAYER_ALLOWANCE > LAMBDA_UNZIPPED_LIMIT;
      if (tooBig) reasons.push(`about ${Math.round(unpacked / 1e6)} MB unpacked`);
      return {
        python,
        architecture,
        form: tooBig ? 'image' : 'zip',
        ...(reasons.length > 0 && { because: reasons.join('; ') }),
      };
    }
  }
  throw new McpgwError('package-failed', `${where}: ${reasons.join('; ')}`, {
    hint: 'exclude the server, or have upstream lock a version of that package with Linux wheels',
  });
}

function estimateUnpacked(item: LockedFiles, wheels: LockedFiles['wheels']): number {
  const wheel = wheels.toSorted((a, b) => b.size - a.size)[0];
  const kind = wheel === undefined || wheel.name.endsWith('-any.whl') ? 'pure' : 'compiled';
  return (wheel?.size ?? item.sdistSize) * (UNPACKED_PER_BYTE_OF[item.name] ?? UNPACKED_PER_BYTE[kind]);
}

function minor(python: string): number {
  return Number(python.split('.')[1]);
}

function parse(text: string, where: string): unknown {
  try {
    return parseToml(text);
  } catch (cause) {
    throw new McpgwError('package-failed', `${where}: not TOML: ${messageOf(cause)}`, { cause });
  }
}
