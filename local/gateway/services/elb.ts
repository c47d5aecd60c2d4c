import { awsErrorAnswer } from "../error-shape";
import { isSuccess, type ServicePatch } from "../call";

/** Refuses to delete a load balancer under deletion protection, as AWS does and moto does not. */
export function elb(): ServicePatch {
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
    return answer;
  };
}

/** Value of one of the numbered attributes of a form. */
function attribute(form: URLSearchParams, name: string): string | undefined {
  const [field] = [...form].find(([field, value]) => field.endsWith(".Key") && value === name) ?? [];
  return field && (form.get(field.replace(/Key$/, "Value")) ?? undefined);
}
