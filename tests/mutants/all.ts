/** Every guard that `npm run mutants` breaks. */
import { GATEWAY_MUTANTS } from './gateway.ts';
import { PACKAGING_MUTANTS } from './packaging.ts';
import { PLAN_MUTANTS } from './plan.ts';
import { type Mutant, PROXY_MUTANTS } from './proxies.ts';

export const MUTANTS: readonly Mutant[] = [
  ...PROXY_MUTANTS,
  ...PACKAGING_MUTANTS,
  ...GATEWAY_MUTANTS,
  ...PLAN_MUTANTS,
];
