/** The form of offline/schema/services.json: what AWS's own service models say about the calls behind the resources. */
export interface Shape {
  type: string;
  required?: string[];
  members?: Record<string, string>;
  /** Shape of a list's or map's items. */
  items?: string;
  keys?: string;
  pattern?: string;
  min?: number;
  max?: number;
  enum?: string[];
}

export interface ServiceModel {
  apiVersion: string;
  shapes: Record<string, Shape>;
}

export interface ServiceModels {
  /** Version of botocore that they come from. */
  botocore: string;
  services: Record<string, ServiceModel>;
}

/** The calls that make a resource, and where its inputs go by another name. */
export interface Mapping {
  service: string;
  /** Input shapes whose members the resource's properties are, in order of preference. */
  shapes: string[];
  /** Property to member path, where a different name stands; null where the provider does something else with it. */
  renamed: Record<string, string | null>;
}
