/**
 * CloudWatch's published rules for the embedded metric format, as far as a line of ours can break them
 * (AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
import { Ajv } from 'ajv';

/** A document over this is cut by CloudWatch Logs, and its metrics are lost. */
export const EMF_BYTES = 256 * 1024;
const name = { type: 'string', minLength: 1, maxLength: 1024 };

const directive = {
  type: 'object',
  required: ['Namespace', 'Dimensions', 'Metrics'],
  additionalProperties: false,
  properties: {
    Namespace: name,
    Dimensions: {
      type: 'array',
      minItems: 1,
      items: { type: 'array', maxItems: 30, items: { type: 'string', minLength: 1, maxLength: 250 } },
    },
    Metrics: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['Name'],
        additionalProperties: false,
        properties: {
          Name: name,
          Unit: { enum: ['Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Count', 'None'] },
          StorageResolution: { enum: [1, 60] },
        },
      },
    },
  },
};

const isDocument = new Ajv({ allErrors: true }).compile({
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer', minimum: 1_000_000_000_000 },
        CloudWatchMetrics: { type: 'array', minItems: 1, items: directive },
      },
    },
  },
});

/** What CloudWatch would refuse or not find in a line. */
export function emfProblems(line: Record<string, unknown>): string[] {
  if (!isDocument(line)) return (isDocument.errors ?? []).map((error) => JSON.stringify(error));
  const problems: string[] = [];
  const { CloudWatchMetrics: directives } = line._aws as {
    CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[];
  };
  for (const { Dimensions, Metrics } of directives) {
    for (const key of Dimensions.flat()) {
      const value = line[key];
      if (typeof value !== 'string' || value === '' || value.length > 1024) problems.push(`dimension ${key}`);
    }
    for (const { Name } of Metrics)
      if (typeof line[Name] !== 'number' || !Number.isFinite(line[Name])) problems.push(`metric ${Name}`);
  }
  if (Buffer.byteLength(JSON.stringify(line)) > EMF_BYTES) problems.push('too large');
  return problems;
}
