/** Regions of one partition share credentials and ARNs; between partitions nothing passes. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What the names of a region's hosts end in. */
export function dnsSuffixOf(region: string): 'amazonaws.com' | 'amazonaws.com.cn' {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/**
 * A service as a policy's condition may meet it: in China a few of them (EC2, EMR) go by their Chinese name, the others
 * by the one of everywhere.
 */
export function principalsOf(service: string, region: string): string[] {
  return partitionOf(region) === 'aws-cn' ? [service, `${service}.cn`] : [service];
}
