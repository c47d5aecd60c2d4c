import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { Lb } from "@cdktf/provider-aws/lib/lb";
import { Aspects, type TerraformStack } from "cdktf";
import { TaskRole } from "../../modules/iam/task-role";
import { Template } from "../support/template";
import { testLoadBalancer } from "../support/ecs";
import { testNames } from "../support/names";

const BOUNDARY = "arn:aws:iam::111122223333:policy/boundary";

describe("cdktf escape hatches change", () => {
  const template = Template.of((stack: TerraformStack) => {
    const loadBalancer = testLoadBalancer(stack).node.findChild("load-balancer") as Lb;
    loadBalancer.addOverride("idle_timeout", 120);
    new TaskRole(stack, "role", { names: testNames, statements: [] });
    Aspects.of(stack).add({
      visit: (node) => {
        if (node instanceof IamRole) node.permissionsBoundary = BOUNDARY;
      },
    });
  });

  it("one argument of one resource, by addOverride", () =>
    expect(template.sole("aws_lb").idle_timeout).toBe(120));

  it("one argument of every resource of a type, by an aspect", () =>
    expect(template.sole("aws_iam_role").permissions_boundary).toBe(BOUNDARY));
});
