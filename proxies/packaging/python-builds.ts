/**
 * The exact Python builds that layers are made from: releases of python-build-standalone as uv (0.13.9 or newer)
 * knows them. Pinned, so that a layer's key says what is in it; raised on purpose, like a dependency.
 */
import type { LAYER_PYTHONS } from '../../plan/build.ts';

export interface PythonBuild {
  version: string;
  /** Release tag of python-build-standalone. */
  build: string;
}

export const PYTHON_BUILDS: Readonly<Record<(typeof LAYER_PYTHONS)[number], PythonBuild>> = {
  '3.14': { version: '3.14.10', build: '20261110' },
  '3.13': { version: '3.13.18', build: '20261110' },
  '3.12': { version: '3.12.16', build: '20261110' },
  '3.11': { version: '3.11.18', build: '20261110' },
};
