import type { TerraformStack } from "cdktf";
import { cidrKey, SecurityGroup, type Peer } from "../../../modules/networking/security-group";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

const make = (stack: TerraformStack, purpose: string, description = `The ${purpose}`) =>
  new SecurityGroup(stack, purpose, { names, purpose, vpcId: "vpc-1", description });

describe("security group", () => {
  const template = Template.of((stack) => {
    const alb = make(stack, "alb");
    const task = make(stack, "task");
    alb.allowFrom(cidrKey("192.0.2.0/24"), {
      description: "HTTPS from the office",
      port: 443,
      peer: { cidr: "192.0.2.0/24" },
    });
    alb.allowTo("task", { description: "Requests", port: 1080, peer: { securityGroup: task } });
    task.allowFrom("alb", { description: "Requests", port: 1080, peer: { securityGroup: alb } });
    task.allowTo("s3", { description: "HTTPS to S3", port: 443, peer: { prefixListId: "pl-1" } });
    task.allowTo("dns", {
      description: "DNS",
      port: 53,
      protocol: "udp",
      peer: { cidr: "10.0.0.2/32" },
    });
  });

  it("has exactly the given rules, each as a separate resource with one port", () => {
    expect(template.counts()).toEqual({
      aws_security_group: 2,
      aws_vpc_security_group_egress_rule: 3,
      aws_vpc_security_group_ingress_rule: 2,
    });
    for (const group of template.all("aws_security_group")) {
      expect(group).not.toHaveProperty("ingress");
      expect(group).not.toHaveProperty("egress");
    }
    const rules = [
      ...template.all("aws_vpc_security_group_ingress_rule"),
      ...template.all("aws_vpc_security_group_egress_rule"),
    ];
    for (const rule of rules) expect(rule.to_port).toBe(rule.from_port);
  });

  it("the group can be replaced while it is in use", () =>
    expect(template.all("aws_security_group")[0]).toMatchObject({
      name_prefix: "automock-test-alb-",
      description: "The alb",
      vpc_id: "vpc-1",
      tags: { Name: "automock-test-alb" },
      lifecycle: { create_before_destroy: true },
    }));

  it("supports the three kinds of peers, and uses tcp by default", () => {
    const summary = (type: string) =>
      template
        .all(type)
        .map(({ from_port, ip_protocol, cidr_ipv4, referenced_security_group_id, prefix_list_id, tags }) => [
          tags.Name,
          `${ip_protocol}/${from_port}`,
          cidr_ipv4 ?? prefix_list_id ?? referenced_security_group_id.replace(/^.*\.(alb|task)_.*$/, "$1"),
        ]);
    expect(summary("aws_vpc_security_group_ingress_rule")).toEqual([
      ["automock-test-alb-from-192-0-2-0-24", "tcp/443", "192.0.2.0/24"],
      ["automock-test-task-from-alb", "tcp/1080", "alb"],
    ]);
    expect(summary("aws_vpc_security_group_egress_rule")).toEqual([
      ["automock-test-alb-to-task", "tcp/1080", "task"],
      ["automock-test-task-to-dns", "udp/53", "10.0.0.2/32"],
      ["automock-test-task-to-s3", "tcp/443", "pl-1"],
    ]);
  });

  it("each rule belongs to its group and has a description", () => {
    for (const type of ["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"])
      for (const [id, rule] of Object.entries(template.byId(type)))
        expect(rule.security_group_id).toMatch(
          new RegExp(`^\\$\\{aws_security_group\\.${id.split("_")[0]}_security-group_\\w+\\.id\\}$`),
        );
    expect(template.all("aws_vpc_security_group_egress_rule").map(({ description }) => description)).toEqual([
      "Requests",
      "DNS",
      "HTTPS to S3",
    ]);
  });

  it("a rule's address depends on its key", () =>
    expect(
      template
        .addresses()
        .filter((address) => address.includes("_rule."))
        .map((address) => address.replace(/_[0-9A-F]{8}$/, "")),
    ).toEqual([
      "aws_vpc_security_group_egress_rule.alb_egress_task",
      "aws_vpc_security_group_egress_rule.task_egress_dns",
      "aws_vpc_security_group_egress_rule.task_egress_s3",
      "aws_vpc_security_group_ingress_rule.alb_ingress_192-0-2-0-24",
      "aws_vpc_security_group_ingress_rule.task_ingress_alb",
    ]));

  it.each(["", "the team's", "Größe", "x".repeat(256)])("rejects the description %j", (description) => {
    const message = `Security group description "${description}" is invalid: use 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*`;
    expect(() => Template.of((stack) => make(stack, "a", description))).toThrow(new Error(message));
    expect(() =>
      Template.of((stack) =>
        make(stack, "a").allowFrom("b", { description, port: 1, peer: { cidr: "10.0.0.0/8" } }),
      ),
    ).toThrow(new Error(message));
  });

  it("rejects a CIDR that does not start at its network address", () => {
    const peer: Peer = { cidr: "10.0.0.1/8" };
    const message = new Error('"10.0.0.1/8" is not the start of its network; write 10.0.0.0/8');
    expect(() =>
      Template.of((stack) => make(stack, "a").allowTo("b", { description: "B", port: 1, peer })),
    ).toThrow(message);
    expect(() => cidrKey("10.0.0.1/8")).toThrow(message);
  });

  it("creates one key per network", () => {
    expect(cidrKey("10.0.0.0/8")).toBe("10-0-0-0-8");
    expect(cidrKey("0.0.0.0/0")).toBe("0-0-0-0-0");
  });
});
