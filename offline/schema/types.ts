/** The form of offline/schema/aws.json: what @pulumi/aws's own types say about a resource's inputs and outputs. */

/** One alternative of a property's type. */
export type TypeAlternative =
  | 'string'
  | 'number'
  | 'boolean'
  | 'any'
  | { array: TypeAlternative[] }
  | { map: TypeAlternative[] }
  | { ref: string }
  /** A class of Pulumi's (asset, archive, a resource reference). */
  | { class: string };

export interface Property {
  required: boolean;
  type: TypeAlternative[];
}

export interface ResourceSchema {
  module: string;
  inputs: Record<string, Property>;
  /** Names of the properties that only the service gives. */
  computed: string[];
}

export interface AwsSchema {
  /** Of @pulumi/aws. */
  version: string;
  resources: Record<string, ResourceSchema>;
  types: Record<string, Record<string, Property>>;
}
