/**
 * To which service a role goes that a call passes on: what `iam:PassedToService` says in the policy.
 * Mostly the called service itself; the exceptions were reviewed by hand against the services' own pages about their roles.
 */

/** Members that look like a role's name and are none: who speaks, whom a broker's directory knows. By botocore service. */
export const NO_ROLES: Readonly<Record<string, readonly string[]>> = {
  'bedrock-agent-runtime': ['role'],
  'bedrock-agentcore': ['role'],
  'bedrock-runtime': ['role'],
  connect: ['ParticipantRole'],
  connecthealth: ['participantRole', 'role'],
  grafana: ['role'],
  mq: ['RoleName', 'UserRoleName'],
  quicksight: ['UserRole'],
  repostspace: ['role', 'channelRole'],
  transcribe: ['ParticipantRole'],
};

const EC2 = ['ec2'];
const TASKS = ['ecs-tasks'];

/** By IAM prefix, then by member; `*` for all other members. Names without `.amazonaws.com`. */
const RECEIVERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  airflow: { '*': ['airflow', 'airflow-env'] },
  apprunner: { AccessRoleArn: ['build.apprunner'], InstanceRoleArn: ['tasks.apprunner'] },
  autoscaling: { IamInstanceProfile: EC2 },
  batch: {
    executionRoleArn: TASKS,
    instanceRole: EC2,
    jobRoleArn: TASKS,
    spotIamFleetRole: ['spotfleet'],
  },
  dynamodb: { AutoScalingRoleArn: ['application-autoscaling'] },
  ecs: { executionRoleArn: TASKS, taskRoleArn: TASKS },
  eks: {
    nodeRole: EC2,
    nodeRoleArn: EC2,
    podExecutionRoleArn: ['eks-fargate-pods'],
    roleArn: ['eks', 'pods.eks'],
  },
  elasticmapreduce: {
    AutoScalingRole: ['application-autoscaling'],
    // Runtime roles of steps are assumed by the cluster's instances.
    ExecutionRoleArn: ['elasticmapreduce', 'ec2'],
    InstanceRole: EC2,
    JobFlowRole: EC2,
    StepExecutionRoleArn: ['elasticmapreduce', 'ec2'],
  },
  es: { '*': ['es', 'opensearchservice'] },
  iot: { '*': ['iot', 'credentials.iot'] },
  rds: { MonitoringRoleArn: ['monitoring.rds'] },
  s3: { '*': ['s3', 'batchoperations.s3'] },
  synthetics: { ExecutionRoleArn: ['lambda'] },
};

/** Service principals to which a call of a service hands the role in a member; without a member, any of its roles. */
export function receiversOf(prefix: string, member?: string): string[] {
  const known = Object.hasOwn(RECEIVERS, prefix) ? RECEIVERS[prefix] : undefined;
  const names = (member === undefined ? undefined : known?.[member]) ?? known?.['*'] ?? [prefix];
  return names.map((name) => `${name}.amazonaws.com`);
}
