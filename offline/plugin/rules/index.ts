/** All rules by Pulumi type token. A type without a rule is refused: the stand-in answers for nothing it does not know. */
import { agentcoreRules } from './agentcore.ts';
import { auditRules } from './audit.ts';
import { cognitoRules } from './cognito.ts';
import { guardRules } from './guard.ts';
import { iamRules } from './iam.ts';
import { internetRules } from './internet.ts';
import { lambdaRules } from './lambda.ts';
import { logsRules } from './logs.ts';
import { nativeRules } from './native.ts';
import { networkRules } from './network.ts';
import { observationRules } from './observation.ts';
import { policyEngineRules } from './policy-engine.ts';
import type { Rule } from './rule.ts';

export const RULES: Readonly<Record<string, Rule>> = {
  ...agentcoreRules,
  ...auditRules,
  ...cognitoRules,
  ...guardRules,
  ...iamRules,
  ...internetRules,
  ...lambdaRules,
  ...logsRules,
  ...nativeRules,
  ...networkRules,
  ...observationRules,
  ...policyEngineRules,
};
