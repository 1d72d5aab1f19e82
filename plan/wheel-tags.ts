/** Which wheels a Lambda function can load: CPython of one minor version on glibc up to 2.34 (Amazon Linux 2023). */

/** Amazon Linux 2023, the base of every Lambda runtime in use here. */
export const GLIBC = { major: 2, minor: 34 } as const;

export interface Platform {
  /** `3.13` */
  python: string;
  architecture: 'arm64' | 'x86_64';
}

/** The names of an architecture in wheel tags and in uv's `--python-platform`. */
export const MACHINE = { arm64: 'aarch64', x86_64: 'x86_64' } as const;

const LEGACY: Record<string, number> = { manylinux1: 5, manylinux2010: 12, manylinux2014: 17 };

/** Does the file name of a wheel (PEP 427) carry a tag that fits? */
export function fitsPlatform(wheel: string, platform: Platform): boolean {
  const parts = wheel.replace(/\.whl$/, '').split('-');
  const [pythons, abis, platforms] = parts.slice(-3);
  if (parts.length < 5 || pythons === undefined || abis === undefined || platforms === undefined)
    return false;
  return (
    platforms.split('.').some((tag) => platformFits(tag, platform)) &&
    pythons
      .split('.')
      .some((python) => abis.split('.').some((abi) => pythonFits(python, abi, platform.python)))
  );
}

function platformFits(tag: string, { architecture }: Platform): boolean {
  if (tag === 'any') return true;
  const match = /^(?:manylinux_(\d+)_(\d+)|(manylinux1|manylinux2010|manylinux2014))_(.+)$/.exec(tag);
  if (!match || match[4] !== MACHINE[architecture]) return false;
  const glibc = match[3] === undefined ? Number(match[2]) : (LEGACY[match[3]] ?? Number.NaN);
  return (match[1] === undefined || Number(match[1]) === GLIBC.major) && glibc <= GLIBC.minor;
}

function pythonFits(tag: string, abi: string, python: string): boolean {
  const match = /^(py|cp)(\d)(\d*)$/.exec(tag);
  const wanted = Number(python.split('.')[1]);
  if (match?.[2] !== '3') return false;
  const minor = match[3] === '' ? 0 : Number(match[3]);
  if (match[1] === 'py') return abi === 'none' && minor <= wanted;
  if (abi === 'abi3') return minor <= wanted;
  return minor === wanted && (abi === `cp3${wanted}` || abi === 'none');
}
