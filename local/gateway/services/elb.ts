import { awsErrorAnswer } from "../error-shape";
import { isSuccess, withBody, type ServicePatch } from "../call";
import { Targets, type Target } from "./targets";

/**
 * Refuses to delete a load balancer under deletion protection, as AWS does and moto does not, and describes the health
 * of the targets that services would have.
 */
export function elb(targets = new Targets()): ServicePatch {
  const protectedArns = new Set<string>();
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
    if (call.operation === "ModifyLoadBalancerAttributes" && isSuccess(answer)) {
      const protection = attribute(form, "deletion_protection.enabled");
      if (protection === "true") protectedArns.add(arn);
      if (protection === "false") protectedArns.delete(arn);
    }
    if (call.operation === "DescribeTargetHealth" && isSuccess(answer)) {
      const described = answer.body.toString("utf8");
      const running = targets.of(form.get("TargetGroupArn") ?? "");
      return running.length === 0 || described.includes("<member>")
        ? answer
        : withBody(answer, targetHealth(running));
    }
    return answer;
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
function targetHealth(targets: readonly Target[]): string {
  const members = targets.map(
    ({ address, port, healthy }) =>
      `<member><Target><Id>${address}</Id><Port>${port}</Port></Target><HealthCheckPort>${port}</HealthCheckPort><TargetHealth>` +
      (healthy
        ? "<State>healthy</State>"
        : "<State>initial</State><Reason>Elb.RegistrationInProgress</Reason><Description>Target registration is in progress</Description>") +
      "</TargetHealth></member>",
  );
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
