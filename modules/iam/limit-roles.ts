import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { Construct } from "constructs";

/** What an account asks of every role in it. */
export interface RoleLimits {
  /** Policy that bounds what a role may do, whatever else allows it. @default none */
  readonly permissionsBoundaryArn?: string;
  /** Path of the roles, with a slash at both ends. @default `/` */
  readonly path?: string;
}

/**
 * Sets boundary and path of every role below a construct, also of those that a module creates by itself, except where
 * a role has its own. To be called when the stack is complete: in its `prepareStack`.
 */
export function limitRoles(scope: Construct, { permissionsBoundaryArn, path }: RoleLimits): void {
  for (const node of scope.node.findAll()) {
    if (!(node instanceof IamRole)) continue;
    if (permissionsBoundaryArn !== undefined && node.permissionsBoundaryInput === undefined)
      node.permissionsBoundary = permissionsBoundaryArn;
    if (path !== undefined && node.pathInput === undefined) node.path = path;
  }
}
