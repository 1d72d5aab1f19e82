/** What people look at and hear of: dashboard, alarms, and the month's budget. */
import * as pulumi from '@pulumi/pulumi';
import type { Plan } from '../../plan/types.ts';
import { Budget, Dashboard } from '../aws.ts';
import { dashboardBody } from '../dashboard.ts';
import type { Stack } from '../stack.ts';
import { Alarms } from './alarms.ts';

export class Observation extends pulumi.ComponentResource {
  /** `gateways`: ARNs of the stack's own, by key. */
  constructor(
    stack: Stack,
    gateways: ReadonlyMap<string, pulumi.Output<string>>,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:observe:Observation', 'observation', {}, options);
    const { plan } = stack;
    const { dashboard, alarms, monthlyBudget } = plan.settings.observe;
    const child = { parent: this };
    if (dashboard) {
      const body = { dashboardName: plan.gateway.name, dashboardBody: JSON.stringify(dashboardBody(plan)) };
      new Dashboard('dashboard', body, child);
    }
    if (alarms) new Alarms(stack, alarms, gateways, this);
    if (monthlyBudget) this.#makeBudget(plan, monthlyBudget);
    this.registerOutputs({});
  }

  /** By the tag that all of the stack carries; it counts once the account has activated it as a cost allocation tag. */
  #makeBudget(
    { stack, gateway }: Plan,
    { limit, emails }: NonNullable<Plan['settings']['observe']['monthlyBudget']>,
  ): void {
    const notice = (notificationType: string, threshold: number) => ({
      comparisonOperator: 'GREATER_THAN',
      threshold,
      thresholdType: 'PERCENTAGE',
      notificationType,
      subscriberEmailAddresses: emails,
    });
    new Budget(
      'budget',
      {
        name: `${gateway.name}-${stack}`,
        budgetType: 'COST',
        limitAmount: String(limit),
        limitUnit: 'USD',
        timeUnit: 'MONTHLY',
        costFilters: [{ name: 'TagKeyValue', values: [`user:mcpgw:stack$${stack}`] }],
        notifications: [notice('ACTUAL', 80), notice('FORECASTED', 100)],
      },
      { parent: this },
    );
  }
}
