import { CreateRoleCommand, GetRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { unlessNotFound } from "../../../cleanup/aws/errors";
import {
  TEST_ROLE_PATH,
  testBoundaryArn,
  testResourceName,
  testRunNames,
  type TestRun,
} from "../../../contract/test-run";
import { policyDocument, type Statement } from "../policy";
import { tagList, tagRecord, type Node } from "./node";

const POLICY_NAME = "uses";

/** The role of a function: what the function uses and nothing else, under the boundary of the bootstrap stack. */
export function roleNode(run: TestRun, fn: string, statements: readonly Statement[]): Node {
  const RoleName = roleName(run, fn);
  return {
    node: `${fn}.role`,
    type: "iam:role",
    name: RoleName,
    after: [],
    calls: ["iam:CreateRole", "iam:PutRolePolicy"],
    async find({ clients }) {
      const found = await unlessNotFound(() => clients.iam.send(new GetRoleCommand({ RoleName })));
      return found?.Role && { id: RoleName, arn: found.Role.Arn, tags: tagRecord(found.Role.Tags) };
    },
    async create({ clients, tags }) {
      const { Role } = await clients.iam.send(
        new CreateRoleCommand({
          RoleName,
          Path: TEST_ROLE_PATH,
          PermissionsBoundary: testBoundaryArn(run),
          AssumeRolePolicyDocument: policyDocument([
            { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
          ]),
          Tags: tagList(tags),
        }),
      );
      return { id: RoleName, arn: Role?.Arn };
    },
    async finish({ clients }) {
      const PolicyDocument = policyDocument(statements);
      await clients.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: POLICY_NAME, PolicyDocument }));
    },
  };
}

function roleName(run: TestRun, fn: string): string {
  return testResourceName(run, "role", fn);
}

export function roleArn(run: TestRun, fn: string): string {
  return testRunNames(run).iamArn(`role${TEST_ROLE_PATH}${roleName(run, fn)}`);
}
