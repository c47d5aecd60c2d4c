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

it("sets boundary and path of every role that does not have its own", () =>
  expect(roles({ permissionsBoundaryArn: BOUNDARY, path: "/delivery/" })).toEqual([
    [BOUNDARY, "/delivery/"],
    ["arn:aws:iam::111122223333:policy/other", "/own/"],
  ]));

it("does not change roles if the account requires nothing", () =>
  expect(roles({})).toEqual([
    [undefined, undefined],
    ["arn:aws:iam::111122223333:policy/other", "/own/"],
  ]));
