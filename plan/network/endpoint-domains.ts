/**
 * Endpoint services whose names in China begin with `cn.com.amazonaws`; all others, and the free ones of S3 and DynamoDB,
 * are called as everywhere. From aws-cdk-lib's list (aws-ec2, InterfaceVpcEndpointAwsService), less what is not called here.
 */
const BOTH = (
  'application-autoscaling athena autoscaling backup batch cassandra cloudformation dms ec2 ecr.api ecr.dkr eks ' +
  'elasticache elasticbeanstalk elasticfilesystem emr-containers execute-api fsx imagebuilder kinesis-streams lambda ' +
  'monitoring rds redshift redshift-data sagemaker.api sagemaker.runtime securityhub servicecatalog sqs states sts ' +
  'synthetics transcribe transfer xray'
).split(' ');

const CHINESE: Readonly<Record<string, ReadonlySet<string>>> = {
  'cn-north-1': new Set([...BOTH, 'iotsitewise.api', 'iotsitewise.data']),
  'cn-northwest-1': new Set([...BOTH, 'account', 'polly', 'workspaces']),
};
/** Ends in `.cn` there as well. */
const WITH_SUFFIX = 'transcribe';

/** `com.amazonaws.<region>.<service>`, as the region has it. */
export function regionalEndpoint(service: string, region: string): string {
  if (!CHINESE[region]?.has(service)) return `com.amazonaws.${region}.${service}`;
  return `cn.com.amazonaws.${region}.${service}${service === WITH_SUFFIX ? '.cn' : ''}`;
}
