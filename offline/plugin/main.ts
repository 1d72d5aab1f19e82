/**
 * The stand-in aws plugin: a plugin process of Pulumi's (prints its port, serves the provider protocol on loopback).
 * Started only by a launcher that the offline backend writes into its throw-away folder; nothing named
 * pulumi-resource-aws lies in this repository.
 */
import grpc from '@grpc/grpc-js';
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import { requireOfflineBackend } from '../guard.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { readReferees } from './referees.ts';
import { providerService } from './service.ts';
import { StandIn } from './stand-in.ts';

requireOfflineBackend(process.env);
/** The launcher says for which of Pulumi's packages this process answers. */
const packageName = process.argv[2] === 'aws-native' ? 'aws-native' : 'aws';
const referees = readReferees();
const standIn = new StandIn({
  ...referees,
  journal: new Journal(process.env.MCPGW_OFFLINE_JOURNAL),
  faults: Faults.fromFile(process.env.MCPGW_OFFLINE_FAULTS),
  account: '000000000000',
  region: 'us-east-1',
  latency: Number(process.env.MCPGW_OFFLINE_LATENCY ?? 0),
});
const server = new grpc.Server({ 'grpc.max_receive_message_length': 400 * 1024 * 1024 });
server.addService(
  services.ResourceProviderService,
  providerService({ name: packageName, version: referees.schema.version, standIn }),
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
