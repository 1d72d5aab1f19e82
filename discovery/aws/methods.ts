/**
 * Methods that boto3 adds to its clients beside the service's operations, and the IAM actions they need.
 * Reviewed by hand against boto3's customisations and the services' own authorization pages.
 */
export const METHODS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  dsql: {
    generate_db_connect_auth_token: ['dsql:DbConnect'],
    generate_db_connect_admin_auth_token: ['dsql:DbConnectAdmin'],
  },
  dynamodb: { batch_writer: ['dynamodb:BatchWriteItem'] },
  rds: { generate_db_auth_token: ['rds-db:connect'] },
  s3: {
    copy: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
    download_file: ['s3:GetObject'],
    download_fileobj: ['s3:GetObject'],
    generate_presigned_post: ['s3:PutObject'],
    upload_file: ['s3:PutObject', 's3:AbortMultipartUpload'],
    upload_fileobj: ['s3:PutObject', 's3:AbortMultipartUpload'],
  },
};
