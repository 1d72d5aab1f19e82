/** The committed schemas that inputs are judged by. */
import { readFileSync } from 'node:fs';
import { NATIVE } from '../schema/native.ts';
import type { ServiceModels } from '../schema/service-types.ts';
import type { AwsSchema } from '../schema/types.ts';

export interface Referees {
  schema: AwsSchema;
  models: ServiceModels;
}

export function readReferees(): Referees {
  const aws = read('aws.json') as AwsSchema;
  const schema: AwsSchema = {
    ...aws,
    resources: { ...aws.resources, ...NATIVE.resources },
    types: { ...aws.types, ...NATIVE.types },
  };
  return { schema, models: read('services.json') as ServiceModels };
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../schema/${name}`, import.meta.url), 'utf8'));
}
