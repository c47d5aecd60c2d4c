import type { Access } from "../aws/clients";
import type { Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";

/** What a handler does, with clients. */
export type Operations = Pick<Handler, "list" | "look" | "prepare" | "remove">;

/** One type of AWS's resources: everything that finding, proving and deleting it needs, in one place. */
export interface ResourceType extends Pick<Handler, "type" | "prepareAt" | "ownNames" | "ownedByVpc"> {
  /** Terraform's types of it. */
  readonly terraform: readonly string[];
  /** Terraform's types that go with it: AWS deletes them along, or they are nothing in AWS. @default none */
  readonly parts?: readonly string[];
  /** What the attributes of these Terraform types must be; anything else is not handled. @default anything */
  readonly where?: Readonly<Record<string, string>>;
  /** How the resource part of its ARNs starts; their service is the one before the colon in `type`. */
  readonly arns: readonly string[];
  /** How ARNs start whose resources go with it. @default none */
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
