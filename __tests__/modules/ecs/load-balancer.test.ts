import { TLS_POLICY, type LoadBalancer, type LoadBalancerProps } from "../../../modules/ecs/load-balancer";
import { testLoadBalancer } from "../../support/ecs";
import { Template } from "../../support/template";

const CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/1";

const NOT_FOUND = {
  type: "fixed-response",
  fixed_response: {
    content_type: "application/json",
    message_body: '{"error":"not found"}',
    status_code: "404",
  },
};

function synthesized(props: Partial<LoadBalancerProps> = {}) {
  let made!: LoadBalancer;
  const template = Template.of((stack) => (made = testLoadBalancer(stack, props)));
  return { template, made };
}

const listeners = (template: Template) =>
  [...template.all("aws_lb_listener")].sort((a, b) => a.port - b.port);
const ingress = (template: Template) =>
  template
    .all("aws_vpc_security_group_ingress_rule")
    .map((rule) => `${rule.from_port}-${rule.to_port} ${rule.ip_protocol} ${rule.cidr_ipv4}`)
    .sort();

describe("load balancer", () => {
  it("is public, writes access logs and drops invalid headers", () => {
    const { template } = synthesized();
    expect(template.counts()).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_lb: 1,
      aws_lb_listener: 1,
      aws_security_group: 1,
      aws_vpc_security_group_ingress_rule: 1,
    });
    expect(template.sole("aws_lb")).toMatchObject({
      name: "automock-test",
      load_balancer_type: "application",
      internal: false,
      ip_address_type: "ipv4",
      subnets: ["subnet-1", "subnet-2"],
      drop_invalid_header_fields: true,
      desync_mitigation_mode: "strictest",
      enable_deletion_protection: false,
      access_logs: { bucket: "logs", enabled: true },
      tags: { Name: "automock-test" },
    });
  });

  it("waits for the log bucket's policy", () => {
    const { template } = synthesized();
    const [group] = Object.keys(template.byId("aws_cloudwatch_log_group"));
    expect(template.sole("aws_lb").depends_on).toEqual([`aws_cloudwatch_log_group.${group}`]);
  });

  it("supports deletion protection", () =>
    expect(synthesized({ deletionProtection: true }).template.sole("aws_lb").enable_deletion_protection).toBe(
      true,
    ));
});

describe("listener ports", () => {
  const allowedCidrs = ["203.0.113.0/24", "198.51.100.0/24"];

  it.each([
    ["http", undefined],
    ["https", CERTIFICATE],
  ])("%s: the listener ports are open to each network, and no other port is", (_, certificateArn) => {
    const { template } = synthesized({ allowedCidrs, certificateArn });
    expect(ingress(template)).toEqual(
      listeners(template)
        .flatMap(({ port }) => allowedCidrs.map((cidr) => `${port}-${port} tcp ${cidr}`))
        .sort(),
    );
  });

  it("are closed by default", () =>
    expect(ingress(synthesized().template)).toEqual(["80-80 tcp 203.0.113.0/24"]));

  it("a duplicate network gets one rule", () =>
    expect(ingress(synthesized({ allowedCidrs: ["10.0.0.0/8", "10.0.0.0/8"] }).template)).toEqual([
      "80-80 tcp 10.0.0.0/8",
    ]));

  it("a rule's address depends on its network, not on its position in the list", () => {
    const rules = (cidrs: string[]) =>
      Object.keys(
        synthesized({ allowedCidrs: cidrs }).template.byId("aws_vpc_security_group_ingress_rule"),
      ).sort();
    expect(rules(allowedCidrs)).toEqual(rules([...allowedCidrs].reverse()));
  });

  it.each([
    [[], 'allowedCidrs is empty; add at least one IPv4 network, for example "203.0.113.0/24"'],
    [["10.0.0.1/8"], '"10.0.0.1/8" is not the start of its network; write 10.0.0.0/8'],
  ])("rejects %j", (cidrs, message) => expect(() => synthesized({ allowedCidrs: cidrs })).toThrow(message));
});

describe("listeners", () => {
  it("without a certificate, HTTP on 80 returns 404 and has the rules", () => {
    const { template, made } = synthesized();
    const [id] = Object.keys(template.byId("aws_lb_listener"));
    expect(template.sole("aws_lb_listener")).toMatchObject({
      port: 80,
      protocol: "HTTP",
      default_action: [NOT_FOUND],
    });
    expect(template.sole("aws_lb_listener").ssl_policy).toBeUndefined();
    expect(made.scheme).toBe("http");
    expect(id).toMatch(/^load-balancer_http_/);
  });

  it("with a certificate, 443 returns 404 with a TLS 1.3 policy, and 80 redirects to it", () => {
    const { template, made } = synthesized({ certificateArn: CERTIFICATE });
    const [http, https] = listeners(template);
    expect(http).toMatchObject({
      port: 80,
      protocol: "HTTP",
      default_action: [
        { type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } },
      ],
    });
    expect(https).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      certificate_arn: CERTIFICATE,
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      default_action: [NOT_FOUND],
    });
    expect(TLS_POLICY).toBe(https!.ssl_policy);
    expect(made.scheme).toBe("https");
  });

  it("the rules are on the listener that receives the traffic", () => {
    const listenerOf = (certificateArn?: string) => {
      const template = Template.of((stack) => {
        const made = testLoadBalancer(stack, { certificateArn });
        stack.addOverride("locals.listener", made.listenerArn);
      });
      return (template.json as { locals?: { listener: string } }).locals?.listener;
    };
    expect(listenerOf()).toMatch(/^\$\{aws_lb_listener\.load-balancer_http_[0-9A-F]+\.arn\}$/);
    expect(listenerOf(CERTIFICATE)).toMatch(/^\$\{aws_lb_listener\.load-balancer_https_[0-9A-F]+\.arn\}$/);
  });
});
