import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { managedPolicyArn, SERVICE_POLICIES } from "./managed-policies";
import { ServiceRole } from "./service-role";

/**
 * The role with which ECS moves traffic between two target groups in a blue/green, canary or linear
 * deployment. A rolling deployment has no use for it.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 */
export class EcsInfrastructureRole extends ServiceRole {
  constructor(scope: Construct, id: string, props: { readonly names: Names }) {
    super(scope, id, {
      ...props,
      purpose: "ecs-infrastructure",
      description: "Lets ECS shift load balancer traffic during a deployment",
      service: "ecs.amazonaws.com",
      sourceArn: props.names.arn("ecs", "*"),
      // The trust policy that AWS documents has no conditions and nothing says that ECS sends these keys
      // here; a hard condition could make every deployment fail.
      sourceCheck: "ifSent",
      policies: {},
      managedPolicyArns: {
        "load-balancers": managedPolicyArn(props.names, SERVICE_POLICIES.ecsLoadBalancers),
      },
    });
  }
}
