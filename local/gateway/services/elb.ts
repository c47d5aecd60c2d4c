import type { DataPlane } from "../../data-plane";
import { targetState, type TargetState } from "../../data-plane/target-groups";
import { awsErrorAnswer } from "../error-shape";
import { isSuccess, withBody, type ServicePatch } from "../call";
import { Targets } from "./targets";

/**
 * Refuses to delete a load balancer under deletion protection, as AWS does and moto does not, and describes the health
 * of the targets that services have. With a data plane a load balancer is real: its DNS name is an address on loopback.
 */
export function elb(targets = new Targets(), dataPlane?: DataPlane): ServicePatch {
  const protectedArns = new Set<string>();
  /** Address on loopback by the DNS name that moto gives. */
  const addresses = new Map<string, string>();
  return async (call, forward) => {
    const form = new URLSearchParams(call.body.toString("utf8"));
    const arn = form.get("LoadBalancerArn") ?? "";
    if (call.operation === "DeleteLoadBalancer" && protectedArns.has(arn)) {
      return awsErrorAnswer(call, {
        status: 400,
        code: "OperationNotPermitted",
        message: `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
      });
    }
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    if (call.operation === "ModifyLoadBalancerAttributes") {
      const protection = attribute(form, "deletion_protection.enabled");
      if (protection === "true") protectedArns.add(arn);
      if (protection === "false") protectedArns.delete(arn);
    }
    const text = answer.body.toString("utf8");
    if (dataPlane) {
      const [name, created] = [inside(text, "DNSName"), inside(text, "LoadBalancerArn")];
      if (call.operation === "CreateLoadBalancer" && name && created && !addresses.has(name))
        addresses.set(name, await dataPlane.loadBalancers.create(created));
      if (call.operation === "DeleteLoadBalancer") await dataPlane.loadBalancers.delete(arn);
      if (!call.operation.startsWith("Describe")) await dataPlane.loadBalancers.changed();
    }
    if (call.operation === "DescribeTargetHealth") {
      const group = form.get("TargetGroupArn") ?? "";
      const members = [
        ...(dataPlane?.targetGroups.of(group) ?? []).map((one) =>
          member(one.target.address, one.target.containerPort, targetState(one)),
        ),
        ...targets
          .of(group)
          .map(({ address, port, healthy }) => member(address, port, healthy ? "healthy" : "initial")),
      ];
      return members.length === 0 || text.includes("<member>")
        ? answer
        : withBody(answer, targetHealth(members));
    }
    return addresses.size === 0 ? answer : withBody(answer, withAddresses(text, addresses));
  };
}

function inside(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1];
}

function withAddresses(xml: string, addresses: ReadonlyMap<string, string>): string {
  return xml.replace(/<DNSName>([^<]+)</g, (found, name: string) => {
    const address = addresses.get(name);
    return address === undefined ? found : `<DNSName>${address}<`;
  });
}

const STATES: Readonly<Record<TargetState, string>> = {
  healthy: "<State>healthy</State>",
  initial:
    "<State>initial</State><Reason>Elb.RegistrationInProgress</Reason><Description>Target registration is in progress</Description>",
  unhealthy:
    "<State>unhealthy</State><Reason>Target.FailedHealthChecks</Reason><Description>Health checks failed</Description>",
  draining:
    "<State>draining</State><Reason>Target.DeregistrationInProgress</Reason><Description>Target deregistration is in progress</Description>",
};

function member(address: string, port: number, state: TargetState): string {
  return (
    `<member><Target><Id>${address}</Id><Port>${port}</Port></Target><HealthCheckPort>${port}</HealthCheckPort>` +
    `<TargetHealth>${STATES[state]}</TargetHealth></member>`
  );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
function targetHealth(members: readonly string[]): string {
  return (
    '<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult>' +
    `<TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`
  );
}

/** Value of one of the numbered attributes of a form. */
function attribute(form: URLSearchParams, name: string): string | undefined {
  const [field] = [...form].find(([field, value]) => field.endsWith(".Key") && value === name) ?? [];
  return field && (form.get(field.replace(/Key$/, "Value")) ?? undefined);
}
