import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { FlowLogs } from "../../../modules/networking/flow-logs";
import { limitRoles } from "../../../modules/iam/limit-roles";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const BOUNDARY = "arn:aws:iam::111122223333:policy/company";

function roles(limits: Parameters<typeof limitRoles>[1]) {
  const template = Template.of((stack) => {
    new FlowLogs(stack, "flow-logs", { names: testNames, vpcId: "vpc-1", retentionDays: 30 });
    new IamRole(stack, "own", {
      assumeRolePolicy: "{}",
      permissionsBoundary: "arn:aws:iam::111122223333:policy/other",
      path: "/own/",
    });
    limitRoles(stack, limits);
  });
  return template.all("aws_iam_role").map(({ permissions_boundary, path }) => [permissions_boundary, path]);
}

it("bounds every role, whoever creates it, but for those with a boundary and path of their own", () =>
  expect(roles({ permissionsBoundaryArn: BOUNDARY, path: "/delivery/" })).toEqual([
    [BOUNDARY, "/delivery/"],
    ["arn:aws:iam::111122223333:policy/other", "/own/"],
  ]));

it("leaves them as they are where the account asks for nothing", () =>
  expect(roles({})).toEqual([
    [undefined, undefined],
    ["arn:aws:iam::111122223333:policy/other", "/own/"],
  ]));
