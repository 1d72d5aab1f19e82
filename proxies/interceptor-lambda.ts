/** The interceptor's Lambda entry, bundled to one file by the packaging. */
import { INTERCEPTOR_VARIABLE, type InterceptorSettings, intercept } from './interceptor.ts';

const settings = JSON.parse(process.env[INTERCEPTOR_VARIABLE] ?? '{"leave":[]}') as InterceptorSettings;

export async function handler(event: unknown): Promise<unknown> {
  return intercept(event, settings);
}
