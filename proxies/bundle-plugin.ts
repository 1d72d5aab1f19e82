/**
 * Leaves out of the Lambda bundle the JSON schema validator that the SDK's client would check structured results
 * with, a fifth of the bundle: the handler passes results on as they are and gives the client no schema to check.
 */
import type { Plugin } from 'esbuild';

export const noResultValidator: Plugin = {
  name: 'no-result-validator',
  setup(build) {
    build.onLoad({ filter: /[\\/]@modelcontextprotocol[\\/]sdk[\\/].*[\\/]ajv-provider\.js$/ }, () => ({
      contents: 'export class AjvJsonSchemaValidator {}',
      loader: 'js',
    }));
  },
};
