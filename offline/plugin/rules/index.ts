/** All rules by Pulumi type token. A type without a rule is refused: the stand-in answers for nothing it does not know. */
import { agentcoreRules } from './agentcore.ts';
import { cognitoRules } from './cognito.ts';
import { iamRules } from './iam.ts';
import { lambdaRules } from './lambda.ts';
import { logsRules } from './logs.ts';
import { nativeRules } from './native.ts';
import { networkRules } from './network.ts';
import { observationRules } from './observation.ts';
import type { Rule } from './rule.ts';

export const RULES: Readonly<Record<string, Rule>> = {
  ...agentcoreRules,
  ...cognitoRules,
  ...iamRules,
  ...lambdaRules,
  ...logsRules,
  ...nativeRules,
  ...networkRules,
  ...observationRules,
};
