import type { Construct } from "constructs";
import type { PolicyStatement } from "../shared/policy-document";
import { Role, type RoleProps } from "./role";

export interface ServiceRoleProps extends Omit<RoleProps, "trust" | "maxSessionDuration"> {
  /** Service that assumes the role, for example `ecs-tasks.amazonaws.com`. */
  readonly service: string;
  /** Pattern of the resources on whose behalf the service may assume the role (`aws:SourceArn`). */
  readonly sourceArn: string;
  /**
   * `require` (default): the service must say on whose behalf it calls. `ifSent`: checked when it says so;
   * only for a service that is not documented to send the two keys.
   */
  readonly sourceCheck?: "require" | "ifSent";
}

/**
 * A role that one AWS service assumes for this account only: its trust has confused-deputy conditions.
 *
 * @throws Error when a statement grants on `*` what can be granted more narrowly
 */
export class ServiceRole extends Role {
  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id, { ...props, trust: trust(props) });
  }
}

/** Without the two conditions another account could make the service act with this role. */
function trust({ names, service, sourceArn, sourceCheck = "require" }: ServiceRoleProps): PolicyStatement {
  const suffix = sourceCheck === "ifSent" ? "IfExists" : "";
  return {
    sid: "AssumedByService",
    actions: ["sts:AssumeRole"],
    principals: { Service: [service] },
    conditions: {
      [`StringEquals${suffix}`]: { "aws:SourceAccount": [names.accountId] },
      [`ArnLike${suffix}`]: { "aws:SourceArn": [sourceArn] },
    },
  };
}
