/** An imitated account in this process, nothing in it: what the plugin holds behind its protocol. */
import { Faults } from '../../../offline/plugin/faults.ts';
import { Journal } from '../../../offline/plugin/journal.ts';
import { readReferees } from '../../../offline/plugin/referees.ts';
import { StandIn } from '../../../offline/plugin/stand-in.ts';

export const ACCOUNT = '123456789012';
const referees = readReferees();

export function openStandIn(change: { journal?: Journal; faults?: Faults; latency?: number } = {}): StandIn {
  return new StandIn({
    ...referees,
    journal: new Journal(undefined),
    faults: new Faults(),
    account: ACCOUNT,
    region: 'us-east-1',
    latency: 0,
    ...change,
  });
}
