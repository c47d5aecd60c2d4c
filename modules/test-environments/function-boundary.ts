import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { testBoundaryName } from "../../contract/test-run";
import { policyDocument } from "../shared/policy-document";
import { dataStatements } from "./data-rights";
import { testArns } from "./test-names";

export interface FunctionBoundaryProps {
  /** Names of the bootstrap stack. */
  readonly names: Names;
}

/**
 * The permissions boundary of the roles of test functions: the contents of tables, buckets, queues, topics and functions
 * of test environments, and their own logs. No rights in IAM, none to assume a role, none to create or delete anything.
 *
 * A pipeline may create a role only with this boundary, so a function never has more rights, whatever its role says.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class FunctionBoundary extends Construct {
  constructor(scope: Construct, id: string, { names }: FunctionBoundaryProps) {
    super(scope, id);
    const name = testBoundaryName(names);
    new IamPolicy(this, "policy", {
      name,
      description: "The most that functions of test environments may do",
      policy: policyDocument(dataStatements(testArns(names, "*"))),
      tags: { Name: name },
    });
  }
}
