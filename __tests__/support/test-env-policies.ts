import { reaperNames } from "../../contract/reaper";
import { TestEnvironments } from "../../modules/test-environments/test-environments";
import type { PipelineTrust } from "../../modules/iam/pipeline-trust";
import type { Policy } from "./iam-evaluator/policy";
import { Template } from "./template";

export const JENKINS: PipelineTrust = {
  kind: "role",
  roleArn: "arn:aws:iam::222222222222:role/jenkins-agent",
  externalId: "jenkins-orders",
};

/** The bootstrap stack's part for test environments, with a pipeline. */
export function testEnvironmentsOf(spec: string, trust: PipelineTrust = JENKINS): Template {
  const { names } = reaperNames("123456789012", "us-east-1");
  return Template.of((stack) => {
    new TestEnvironments(stack, "test-environments", { names, pipelines: { jenkins: { trust, spec } } });
  });
}

/** The policies of that pipeline's role. */
export function runPolicies(spec: string): Policy[] {
  return testEnvironmentsOf(spec)
    .all("aws_iam_role_policy")
    .map(({ policy }) => JSON.parse(policy as string) as Policy);
}
