import type { Access } from "../aws/clients";
import type { Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";

/** The functions of a handler, with clients. */
export type Operations = Pick<Handler, "list" | "look" | "prepare" | "remove">;

/** One type of AWS resource, with everything needed to find, prove and delete it. */
export interface ResourceType extends Pick<Handler, "type" | "prepareAt" | "ownNames" | "ownedByVpc"> {
  /** Its Terraform types. */
  readonly terraform: readonly string[];
  /** Terraform types that AWS deletes together with it, or that do not exist in AWS. @default none */
  readonly parts?: readonly string[];
  /** Required attributes of these Terraform types; others are not handled. @default any */
  readonly where?: Readonly<Record<string, string>>;
  /** Beginning of the resource part of its ARNs. Their service is the part of `type` before the colon. */
  readonly arns: readonly string[];
  /** Beginning of the ARNs of resources that are deleted with it. @default none */
  readonly arnParts?: readonly string[];
  /** @default "workload" */
  readonly layer?: Handler["layer"];
  /** @default none */
  readonly after?: Handler["after"];
  /** In milliseconds. @default 15 minutes */
  readonly stuckMs?: number;
  handler(access: Access): Operations;
}

export function handlerOf(resource: ResourceType, access: Access): Handler {
  const { type, layer = "workload", after = [], stuckMs = 15 * MINUTE } = resource;
  const { prepareAt, ownNames, ownedByVpc } = resource;
  return { type, layer, after, stuckMs, prepareAt, ownNames, ownedByVpc, ...resource.handler(access) };
}

/** The service of a type, as in its ARNs and its IAM actions. */
export function serviceOf({ type }: Pick<Handler, "type">): string {
  return type.split(":")[0]!;
}
