import {
  DescribeLoadBalancersCommand,
  LoadBalancerNotFoundException,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { formatCidr, parseCidr } from "../../contract/cidr";
import { Names } from "../../contract/names";
import { UserError } from "../../contract/user-error";
import type { StackRef } from "../../environments/schema/stacks";

/** Who may use the control plane of a stack; `unknown` without the environment's file. */
export type ControlPlaneAccess = "tokens" | "networksOnly" | "unknown";

/** @throws UserError if the stack has no control plane, or no network may use it */
export function accessOf({ id, system, environment, definition }: StackRef): ControlPlaneAccess {
  if (system !== "automock") {
    throw new UserError(
      `${id} has no control plane, only stacks of AutoMock have: automock-${environment}, for example.`,
    );
  }
  const automock = definition?.automock;
  if (!automock) return "unknown";
  const { deployment, controlPlaneAllowedCidrs, controlPlaneAuthentication } = automock;
  const closed = (why: string) =>
    new UserError(
      `The control plane of ${id} is closed: ${why}.\n` +
        `Change mocks with automock expectations push ${id} expectations.json, or set automock.controlPlaneAllowedCidrs with the strategy rolling and deploy it.`,
    );
  if (controlPlaneAllowedCidrs.length === 0) throw closed("automock.controlPlaneAllowedCidrs is empty");
  if (deployment.strategy !== "rolling") throw closed(`its deployment strategy is "${deployment.strategy}"`);
  return controlPlaneAuthentication === "networksOnly" ? "networksOnly" : "tokens";
}

/** An address that may use the control plane: what the local load balancer takes for the caller's. */
export function allowedAddress({ definition }: StackRef): string | undefined {
  const [first] = definition?.automock?.controlPlaneAllowedCidrs ?? [];
  return first === undefined
    ? undefined
    : formatCidr({ ...parseCidr(first), prefixLength: 32 }).split("/")[0];
}

/**
 * Where a stack answers: its domain, or the name of its load balancer.
 *
 * @throws UserError if it is not deployed
 */
export async function urlOf(
  { elb }: { readonly elb: Pick<ElasticLoadBalancingV2Client, "send"> },
  stack: StackRef,
): Promise<string> {
  const domain = stack.definition?.automock?.domain;
  const name = new Names(stack).name("loadBalancer");
  try {
    const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({ Names: [name] }));
    return domain ? `https://${domain.name}` : `http://${LoadBalancers[0]!.DNSName}`;
  } catch (error) {
    if (!(error instanceof LoadBalancerNotFoundException)) throw error;
    throw new UserError(
      `${stack.id} is not deployed: it has no load balancer ${name}. Deploy it with automock deploy ${stack.id}.`,
    );
  }
}
